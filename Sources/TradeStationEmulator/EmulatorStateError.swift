/// The error of an emulator whose state file cannot be used.
public struct EmulatorStateError: Error, Sendable, CustomStringConvertible {
    /// The path of the file.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    /// What is wrong with the file.
    public var description: String { "The emulator cannot keep its state in \(path). \(reason)" }
}

/// The error of an emulator whose state file cannot be used.
public struct EmulatorStateError: Error, Sendable, CustomStringConvertible {
    /// The path of the file.
    public let path: String
    /// The reason that the file cannot be used.
    public let reason: String

    /// A message with the path and the reason.
    public var description: String { "The emulator cannot keep its state in \(path). \(reason)" }
}

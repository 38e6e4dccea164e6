/// The error of an emulator that cannot start.
public struct EmulatorError: Error, Sendable, CustomStringConvertible {
    /// The requested port.
    public let port: Int
    /// The error of the operating system.
    public let reason: String

    /// A message with the port, the reason and a suggestion.
    public var description: String {
        "The emulator cannot listen on 127.0.0.1:\(port): \(reason). Use port 0 to get a free one."
    }
}

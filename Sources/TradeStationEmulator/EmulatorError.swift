/// Why an emulator did not start.
public struct EmulatorError: Error, Sendable, CustomStringConvertible {
    /// The port that was asked for.
    public let port: Int
    /// What the system said.
    public let reason: String

    /// One sentence, and what to do next.
    public var description: String {
        "The emulator cannot listen on 127.0.0.1:\(port): \(reason). Use port 0 to get a free one."
    }
}

/// A fault of an open stream.
public enum StreamTrouble: Sendable, Equatable {
    /// The server announces its shutdown and ends the stream: `{"StreamStatus":"GoAway"}` for orders and positions,
    /// `{"Error":"GoAway",…}` for market data.
    case goAway
    /// The stream sends the object `{"Error":title,"Message":message}` and ends.
    case error(title: String, message: String)
    /// The connection stays open, but the stream sends nothing automatically, not even heartbeats. Objects that a test
    /// sends are still delivered.
    case silence
    /// The connection is closed in the middle of an object.
    case cut
    /// The stream ends correctly without a message.
    case end

    /// The error that a stream sends when another session of its user replaces the session that opened it.
    public static let dualLogon = StreamTrouble.error(
        title: "DualLogon",
        message: "Another session was started for this user."
    )
}

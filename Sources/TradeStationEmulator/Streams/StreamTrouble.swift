/// What can happen to an open stream.
public enum StreamTrouble: Sendable, Equatable {
    /// The server says that it shuts down and ends the stream: `{"StreamStatus":"GoAway"}` for orders and positions,
    /// `{"Error":"GoAway",…}` for market data.
    case goAway
    /// The object `{"Error":title,"Message":message}`, then the end.
    case error(title: String, message: String)
    /// The connection stays open and nothing comes any more, no heartbeat either. What a test sends still goes out.
    case silence
    /// The connection dies in the middle of an object.
    case cut
    /// The stream ends properly without a word.
    case end

    /// Another session took this one's place.
    public static let dualLogon = StreamTrouble.error(
        title: "DualLogon",
        message: "Another session was started for this user."
    )
}

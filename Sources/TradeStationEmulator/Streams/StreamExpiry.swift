/// What becomes of an open stream when its access token ends. TradeStation does not say.
public enum StreamExpiry: String, Sendable, Codable, CaseIterable {
    /// It goes on: what little evidence there is points here.
    case open
    /// The connection is closed without a word.
    case cut
    /// The object `{"Error":"Unauthorized",…}`, then the end.
    case error
}

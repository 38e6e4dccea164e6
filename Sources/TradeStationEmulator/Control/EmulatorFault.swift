/// A fault that the emulator injects into requests.
public struct EmulatorFault: Sendable, Equatable {
    /// The requests that a fault can apply to.
    public enum Place: String, Sendable, Codable, CaseIterable {
        /// POST requests to the token endpoint.
        case token
        /// POST requests to the revocation endpoint.
        case revoke
        /// All requests to the API.
        case api
        /// API requests that open a stream.
        case stream
        /// Requests to the authorization endpoint, both page and form.
        case authorize
    }

    /// Whether the fault applies before or after the server acts.
    public enum Time: String, Sendable, Codable, CaseIterable {
        /// Before the server acts. After a `delay`, the server still acts; with every other action, it does nothing.
        case before
        /// After the server has acted on the request, for example rotated tokens. The fault affects only the answer.
        case after
    }

    /// The effect of a fault.
    public enum Action: Sendable, Equatable {
        /// Closes the TCP connection without an answer.
        case close
        /// Sends nothing for this many seconds, then closes the connection.
        case hang(seconds: Double)
        /// Sends the normal answer this many seconds late. ``EmulatorFault/time`` determines whether the server acts
        /// before or after the delay.
        case delay(seconds: Double)
        /// Sends this answer instead of the normal one.
        case respond(status: Int, headers: [String: String], body: String)
        /// Announces the length of the normal body, sends half of it and closes the connection. The server always acts
        /// first, because the fault needs the normal body.
        case truncate
        /// Opens the stream normally and injects the fault after this many objects, not counting heartbeats.
        case stream(StreamTrouble, afterObjects: Int)
    }

    /// The requests that the fault applies to.
    public var place: Place
    /// Whether the fault applies before or after the server acts.
    public var time: Time
    /// The effect of the fault.
    public var action: Action
    /// The number of requests that the fault applies to.
    public var times: Int

    /// Creates a fault for `times` requests at `place`. A stream fault always applies at ``Place/stream``.
    public init(at place: Place, when time: Time = .before, _ action: Action, times: Int = 1) {
        switch action {
        case .truncate:
            self.place = place
            self.time = .after
        case .stream:
            self.place = .stream
            self.time = .after
        case .close, .hang, .delay, .respond:
            self.place = place
            self.time = time
        }
        self.action = action
        self.times = times
    }
}

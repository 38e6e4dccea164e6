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
        /// The server does not act on the request, except after a delay.
        case before
        /// The server acts on the request, for example rotates tokens; only the answer is affected.
        case after
    }

    /// The effect of a fault.
    public enum Action: Sendable, Equatable {
        /// Closes the TCP connection without an answer.
        case close
        /// Sends nothing for this many seconds, then closes the connection.
        case hang(seconds: Double)
        /// Sends the normal answer this many seconds late; the delay is before or after the server acts.
        case delay(seconds: Double)
        /// Sends this answer instead of the normal one.
        case respond(status: Int, headers: [String: String], body: String)
        /// Sends half of the normal body with the length of the whole body, then closes the connection. The server always
        /// acts first, because the normal body is needed.
        case truncate
        /// Opens the stream normally and injects the fault after this many objects, without heartbeats.
        case stream(StreamTrouble, afterObjects: Int)
    }

    /// The requests that the fault applies to.
    public var place: Place
    /// Whether the fault applies before or after the server acts.
    public var time: Time
    /// The effect.
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

/// One way in which the emulator misbehaves on request.
public struct EmulatorFault: Sendable, Equatable {
    /// Which requests it waits for.
    public enum Place: String, Sendable, Codable, CaseIterable {
        /// POST of the token endpoint.
        case token
        /// POST of the revocation endpoint.
        case revoke
        /// Any request under a base URL of the API.
        case api
        /// Any request of the API that opens a stream.
        case stream
        /// The authorization endpoint, page and form.
        case authorize
    }

    /// Whether the server has acted when the fault strikes.
    public enum Time: String, Sendable, Codable, CaseIterable {
        /// Nothing was decided and nothing will be (except after a delay, which goes on as usual).
        case before
        /// The request was carried out, tokens were rotated; only the answer suffers.
        case after
    }

    /// What happens instead of the usual answer.
    public enum Action: Sendable, Equatable {
        /// The TCP connection is closed without an answer.
        case close
        /// Nothing is sent for this many seconds, then the connection is closed.
        case hang(seconds: Double)
        /// The usual answer comes this many seconds late: before the decision, or after it.
        case delay(seconds: Double)
        /// This answer is sent instead.
        case respond(status: Int, headers: [String: String], body: String)
        /// Half of the usual body is sent under the length of the whole, then the connection is closed. There has to
        /// be a usual body, so the request is always carried out first.
        case truncate
        /// The stream is opened as usual, and this happens once it has sent so many objects; heartbeats are not counted.
        case stream(StreamTrouble, afterObjects: Int)
    }

    /// Which requests it waits for.
    public var place: Place
    /// Whether the server has acted when the fault strikes.
    public var time: Time
    /// What happens instead of the usual answer.
    public var action: Action
    /// How many requests it strikes.
    public var times: Int

    /// Describes a fault that strikes `times` requests at `place`; what happens to streams is at ``Place/stream``.
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

import Synchronization
import TradeStationModel

/// Answers HTTP requests to the callback and delivers the authorization response that ends the sign-in.
final class CallbackHandler: Sendable {
    private let hosts: Set<String>
    private let path: String
    private let state: Secret
    private let isDecided = Mutex(false)
    private let (outcomes, continuation) = AsyncStream.makeStream(of: AuthorizationResponse.self)

    /// Creates a handler for one sign-in.
    ///
    /// - Parameters:
    ///   - hosts: Every accepted `Host` value, including the port.
    ///   - path: The path of the redirect URI.
    ///   - state: The `state` of the authorization request.
    init(hosts: Set<String>, path: String, state: Secret) {
        self.hosts = hosts
        self.path = path
        self.state = state
    }

    /// The `Host` values for host names and a port; browsers omit port 80.
    static func hostValues(_ names: [String], port: Int) -> Set<String> {
        Set(
            names.flatMap { name in
                let host = name.contains(":") ? "[\(name)]" : name
                return port == 80 ? [host, "\(host):80"] : ["\(host):\(port)"]
            }
        )
    }

    /// Chooses the reply to a request.
    ///
    /// The `Host` is checked first: an unknown one can mean that another site's name resolves to this computer
    /// (DNS rebinding).
    ///
    /// - Returns: The reply, and the response to pass to ``deliver(_:)`` once the reply was written, if the request
    ///   ends the sign-in.
    func answer(method: String, target: String, hosts: [String]) -> (CallbackReply, AuthorizationResponse?) {
        guard hosts.count == 1, self.hosts.contains(hosts[0].lowercased()) else {
            return (CallbackReply(status: 421, page: .notFound), nil)
        }
        guard method == "GET" else { return (CallbackReply(status: 405, page: .notFound), nil) }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, first == path else {
            return (CallbackReply(status: 404, page: .notFound), nil)
        }
        let response = AuthorizationResponse.read(query: parts.count < 2 ? "" : parts[1], state: state)
        if case .refused = response { return (CallbackReply(status: 400, page: .refused), nil) }
        let isFirst = isDecided.withLock { decided in
            defer { decided = true }
            return !decided
        }
        guard isFirst else { return (CallbackReply(status: 400, page: .refused), nil) }
        if case .denied = response { return (CallbackReply(status: 200, page: .declined), response) }
        return (CallbackReply(status: 200, page: .received), response)
    }

    /// Passes on the response that ends the sign-in.
    func deliver(_ response: AuthorizationResponse) {
        continuation.yield(response)
        continuation.finish()
    }

    /// Waits for the response that ends the sign-in; nil if the task is cancelled.
    func outcome() async -> AuthorizationResponse? {
        await outcomes.first { _ in true }
    }
}

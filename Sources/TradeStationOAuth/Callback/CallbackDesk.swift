import Synchronization
import TradeStationModel

/// Answers the requests that reach the callback, and hands on the one that ends the sign-in.
final class CallbackDesk: Sendable {
    private let hosts: Set<String>
    private let path: String
    private let state: Secret
    private let isDecided = Mutex(false)
    private let (outcomes, continuation) = AsyncStream.makeStream(of: AuthorizationResponse.self)

    /// - Parameter hosts: every `Host` value under which a browser may come, port included.
    init(hosts: Set<String>, path: String, state: Secret) {
        self.hosts = hosts
        self.path = path
        self.state = state
    }

    /// The `Host` values for a host name and port; a browser leaves out port 80.
    static func hostValues(_ names: [String], port: Int) -> Set<String> {
        Set(
            names.flatMap { name in
                let host = name.contains(":") ? "[\(name)]" : name
                return port == 80 ? [host, "\(host):80"] : ["\(host):\(port)"]
            }
        )
    }

    /// Decides what to answer; the second value is to be delivered once the page is on its way.
    ///
    /// A foreign `Host` is turned away first: it would mean that another site's name was pointed at this machine.
    func answer(method: String, target: String, hosts: [String]) -> (CallbackReply, AuthorizationResponse?) {
        guard hosts.count == 1, self.hosts.contains(hosts[0].lowercased()) else {
            return (CallbackReply(status: 421, page: .nothingHere), nil)
        }
        guard method == "GET" else { return (CallbackReply(status: 405, page: .nothingHere), nil) }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, first == path else {
            return (CallbackReply(status: 404, page: .nothingHere), nil)
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

    /// Hands on the answer that ends the sign-in.
    func deliver(_ response: AuthorizationResponse) {
        continuation.yield(response)
        continuation.finish()
    }

    /// Waits for the answer that ends the sign-in; nil when the task is cancelled.
    func outcome() async -> AuthorizationResponse? {
        await outcomes.first { _ in true }
    }
}

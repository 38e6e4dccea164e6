import Synchronization
import TradeStationModel

/// Answers HTTP requests to the callback and delivers the authorization response that ends the sign-in.
///
/// An authorization response counts if it contains the sign-in's `state`, whatever the path of its request, because
/// nobody else knows that value. The user is told about requests that are turned away.
final class CallbackHandler: Sendable {
    private struct State {
        /// The parameters of the response that ended the sign-in.
        var accepted: String?
        var notes: [CallbackRefusal: Int] = [:]
    }

    /// The maximum number of notes about one kind of refusal: a page that reloads itself must not flood the terminal.
    private static let maximumNotes = 3

    private let hosts: Set<String>
    private let path: String
    private let state: Secret
    private let note: @Sendable (String) -> Void
    private let progress = Mutex(State())
    private let (outcomes, continuation) = AsyncStream.makeStream(of: AuthorizationResponse.self)

    /// Creates a handler for one sign-in.
    ///
    /// - Parameters:
    ///   - port: The port of the callback.
    ///   - path: The path of the redirect URI.
    ///   - state: The `state` of the authorization request.
    ///   - note: Receives a message for the user about each request that is turned away.
    init(port: Int, path: String, state: Secret, note: @escaping @Sendable (String) -> Void = { _ in }) {
        hosts = Self.hostValues(["localhost", "127.0.0.1", "::1"], port: port)
        self.path = path
        self.state = state
        self.note = note
    }

    /// The values of the `Host` field that browsers send for the given host names and port; they may omit port 80.
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
    func answer(_ request: CallbackRequest) -> (CallbackReply, AuthorizationResponse?) {
        guard request.hosts.count == 1, hosts.contains(request.hosts[0].lowercased()) else {
            return (turnAway(.foreignHost), nil)
        }
        guard let parameters = request.parameters else { return (turnAway(.wrongMethod), nil) }
        let response = AuthorizationResponse.read(query: parameters, state: state)
        if case .refused(let refusal) = response {
            guard request.path != path, refusal == .missingState else { return (turnAway(.response(refusal)), nil) }
            return (request.isAutomatic ? CallbackReply(.otherPage) : turnAway(.otherPage), nil)
        }
        let earlier = progress.withLock { progress in
            defer { progress.accepted = progress.accepted ?? parameters }
            return progress.accepted
        }
        // A reloaded or prefetched page repeats the request; the browser then shows the same page again.
        guard earlier == nil || earlier == parameters else { return (turnAway(.alreadyAnswered), nil) }
        let isDenied = if case .denied = response { true } else { false }
        let reply = CallbackReply(status: 200, page: isDenied ? .declined : .received)
        return (reply, earlier == nil ? response : nil)
    }

    /// Tells the user that a request is turned away, and returns the reply to the request.
    func turnAway(_ refusal: CallbackRefusal) -> CallbackReply {
        let count = progress.withLock { progress in
            progress.notes[refusal, default: 0] += 1
            return progress.notes[refusal] ?? 0
        }
        if count <= Self.maximumNotes { note(refusal.note) }
        return CallbackReply(refusal)
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

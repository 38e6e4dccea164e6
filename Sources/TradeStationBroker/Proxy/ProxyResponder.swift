import NIOHTTP1
import TradeStationModel

/// Answers requests to a listener on the loopback interface: for profiles, by key.
///
/// The path is `/KEY/v3/…`, or `/NAME/v3/…` or `/v3/…` with the key in the header field `X-TSAccounts-Key`; and in the
/// same way `/oauth/token` for a program that refreshes its token.
package struct ProxyResponder: HTTPResponder {
    /// A profile and its key.
    package struct Entry: Sendable {
        let profile: ProxiedProfile
        let key: AccessKey

        package init(_ profile: ProxiedProfile, key: AccessKey) {
            self.profile = profile
            self.key = key
        }
    }

    private let profiles: ProxyProfiles
    private let port: ListeningPort

    /// - Parameter port: the port of the listener, which is known once it listens.
    package init(_ entries: [Entry], port: ListeningPort) {
        self.init(ProxyProfiles(entries), port: port)
    }

    init(_ profiles: ProxyProfiles, port: ListeningPort) {
        self.profiles = profiles
        self.port = port
    }

    package func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        do throws(ProxyRefusal) {
            let (profile, target) = try admit(request.head)
            if SignInServer.hasPath(target.path) {
                await SignInServer(profile).respond(to: request, at: target.path, with: response)
            } else {
                await APIForwarding(profile: profile, asked: nil).respond(to: request, for: target, with: response)
            }
        } catch {
            await response.refuse(error)
        }
    }

    /// The profile that a request may use, and the target without what selected it.
    func admit(_ head: HTTPRequestHead) throws(ProxyRefusal) -> (profile: ProxiedProfile, target: ProxyTarget) {
        guard let number = port.number else { throw .wrongHost }
        if let refusal = LoopbackCheck(port: number).refusal(of: head.headers) { throw refusal }
        let target = try ProxyTarget(head.uri)
        let (first, rest) = target.split
        let keys = head.headers[canonicalForm: AccessKey.field]
        guard keys.count <= 1 else { throw .malformed("The header field \(AccessKey.field) stands twice.") }
        let entries = profiles.all
        let byField = keys.first.map { Self.entry(for: $0, in: entries) }
        if let byPath = Self.entry(for: first, in: entries) {
            guard byField == nil || byField??.profile.record.profile.id == byPath.profile.record.profile.id else {
                throw .otherKey
            }
            return (byPath.profile, rest)
        }
        guard let entry = byField ?? nil else { throw .wrongKey }
        guard first.lowercased() == entry.profile.record.name.text.lowercased() else {
            // The key alone selects the profile for a program that can only be given a host.
            if ["v2", "v3", "oauth", "sim"].contains(first) { return (entry.profile, target) }
            let isOther = entries.contains { $0.profile.record.name.text.lowercased() == first.lowercased() }
            throw isOther ? .otherKey : .notFound("There is no such path here. Try: /\(entry.profile.record.name)/v3/…")
        }
        return (entry.profile, rest)
    }

    /// The entry whose key a text is. All keys are compared, so that the time does not tell which one it resembles.
    private static func entry(for text: some StringProtocol, in entries: [Entry]) -> Entry? {
        entries.reduce(nil) { found, entry in entry.key.matches(text) ? entry : found }
    }
}

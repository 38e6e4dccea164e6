import NIOHTTP1

/// Answers requests that a program sends to TradeStation's hosts, after their encryption was removed.
package struct HostResponder: HTTPResponder {
    private let profile: ProxiedProfile
    private let hosts: ProxiedHosts

    /// - Parameter hosts: the hosts; a request's `Host` header field, which its connection has confirmed, selects one.
    package init(_ profile: ProxiedProfile, hosts: ProxiedHosts) {
        self.profile = profile
        self.hosts = hosts
    }

    package func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        do throws(ProxyRefusal) {
            let names = request.head.headers["host"]
            guard names.count == 1, let role = hosts.role(of: names[0]) else { throw ProxyRefusal.wrongHost }
            let target = try ProxyTarget(request.head.uri)
            switch role {
            case .signIn: await SignInServer(profile).respond(to: request, at: target.path, with: response)
            case .api(let environment):
                await APIForwarding(profile: profile, asked: (environment, names[0]))
                    .respond(to: request, for: target, with: response)
            }
        } catch {
            await response.refuse(error)
        }
    }
}

/// What happens to a CONNECT request: TLS ends here for the proxied hosts, and everything else passes unread.
package struct TunnelPlan: Sendable {
    /// What happens to one request.
    package enum Step: Hashable, Sendable {
        /// TLS ends here, and the requests inside are answered.
        case terminate(host: String)
        /// The bytes are passed to the server and back, unread.
        case pass(host: String, port: Int)
        /// The request is refused.
        case refuse(TunnelRefusal)
    }

    /// The hosts whose requests are answered here.
    package let hosts: Set<String>

    package init(hosts: some Sequence<String>) {
        self.hosts = Set(hosts)
    }

    /// What happens to a request with a target.
    package func step(to target: Authority) -> Step {
        let port = target.port ?? 443
        guard hosts.contains(target.host) else { return .pass(host: target.host, port: port) }
        return port == 443 ? .terminate(host: target.host) : .refuse(.otherPort(target.host, port))
    }
}

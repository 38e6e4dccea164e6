package import TradeStationModel

/// The hosts whose requests are answered here for the programs of a profile: TradeStation's, and the profile's own.
package struct ProxiedHosts: Sendable {
    /// What a host is for.
    package enum Role: Hashable, Sendable {
        /// The API of an environment.
        case api(Environment)
        /// The sign-in server.
        case signIn
    }

    private let roles: [String: Role]

    /// The hosts for a profile.
    package init(for profile: ProfileRecord) {
        var roles: [String: Role] = [
            "api.tradestation.com": .api(.live),
            "sim-api.tradestation.com": .api(.sim),
            // The name that older programs use for the simulator.
            "sim.api.tradestation.com": .api(.sim),
            "signin.tradestation.com": .signIn,
        ]
        if let host = profile.apiKey.registration.tokenURL.proxiedHost, roles[host] == nil { roles[host] = .signIn }
        if let host = profile.profile.apiURL?.proxiedHost, roles[host] == nil {
            roles[host] = .api(profile.profile.environment)
        }
        self.roles = roles
    }

    /// The names of the hosts, in lower case.
    package var names: Set<String> { Set(roles.keys) }

    /// What a host is for; nil if it is none of these.
    package func role(of host: String) -> Role? {
        let name = host.lowercased()
        return roles[name.hasSuffix(".") ? String(name.dropLast()) : name]
    }
}

extension EndpointURL {
    /// The host, if programs reach it with TLS on the usual port.
    fileprivate var proxiedHost: String? {
        let prefix = "https://"
        let origin = origin
        guard origin.hasPrefix(prefix) else { return nil }
        let host = origin.dropFirst(prefix.count)
        return host.hasSuffix(":443") ? String(host.dropLast(4)) : host.contains(":") ? nil : String(host)
    }
}

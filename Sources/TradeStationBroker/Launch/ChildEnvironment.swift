package import TradeStationModel

/// The environment variables of a program that `tsaccounts exec` starts.
package struct ChildEnvironment: Sendable {
    /// What the program is told about its run.
    package struct Run: Sendable {
        package var profile: ProfileName
        package var environment: Environment
        /// The port of the run's listener.
        package var port: Int
        package var password: ProxyPassword
        /// The key in the run's own URLs.
        package var key: Secret
        /// What the program gets as its access token.
        package var accessToken: Secret
        /// The hosts whose requests go to the profile.
        package var hosts: Set<String>
        /// The directory of the run's files.
        package var directory: String
        /// The files with trusted authorities, by variable.
        package var bundles: [String: String]
        /// The directory for `PYTHONPATH`; nil without start-up hooks.
        package var pythonHook: String?
        /// The file that Node loads first; nil without start-up hooks.
        package var nodeHook: String?
        /// Whether the program's requests go through the proxy without its doing.
        package var isProxied: Bool

        package init(
            profile: ProfileName,
            environment: Environment,
            port: Int,
            password: ProxyPassword,
            key: Secret,
            accessToken: Secret,
            hosts: Set<String>,
            directory: String,
            bundles: [String: String] = [:],
            pythonHook: String? = nil,
            nodeHook: String? = nil,
            isProxied: Bool = true
        ) {
            self.profile = profile
            self.environment = environment
            self.port = port
            self.password = password
            self.key = key
            self.accessToken = accessToken
            self.hosts = hosts
            self.directory = directory
            self.bundles = bundles
            self.pythonHook = pythonHook
            self.nodeHook = nodeHook
            self.isProxied = isProxied
        }
    }

    /// The variables.
    package private(set) var variables: [String: String]
    /// What the user should know about them, one sentence each.
    package private(set) var notes: [String] = []

    /// - Parameters:
    ///   - parent: The variables of this process.
    ///   - run: What the program is told.
    package init(parent: [String: String], run: Run) {
        // A run inside another run belongs to the inner profile only.
        variables = ExecVariables.outside(parent)
        let origin = "http://127.0.0.1:\(run.port)/\(run.key.exposed)"
        variables["TSACCOUNTS_PROFILE"] = run.profile.text
        variables["TSACCOUNTS_ENVIRONMENT"] = run.environment.rawValue
        variables["TSACCOUNTS_API_URL"] = origin
        variables["TSACCOUNTS_TOKEN_URL"] = "\(origin)/oauth/token"
        variables["TSACCOUNTS_ACCESS_TOKEN"] = run.accessToken.exposed
        keepLoopbackDirect()
        guard run.isProxied else { return }
        setProxy(of: run)
        setHooks(of: run)
    }

    private mutating func setProxy(of run: Run) {
        let url = "http://\(ProxyPassword.user):\(run.password.secret.exposed)@127.0.0.1:\(run.port)"
        variables[ExecVariables.proxy] = url
        variables[ExecVariables.directory] = run.directory
        for name in ExecVariables.proxies { replace(name, by: url) }
        for name in ExecVariables.bundles {
            if let path = run.bundles[name] { replace(name, by: path) }
        }
        variables["NODE_USE_ENV_PROXY"] = "1"
        var removed: [String] = []
        for name in ExecVariables.exceptions {
            guard let list = variables[name] else { continue }
            let exceptions = ExceptionList(list, without: run.hosts)
            guard !exceptions.removed.isEmpty else { continue }
            replace(name, by: exceptions.text)
            removed += exceptions.removed.filter { !removed.contains($0) }
        }
        if !removed.isEmpty {
            let entries = removed.joined(separator: ", ").printable(limit: 200)
            notes.append("Left out of NO_PROXY, because TradeStation is reached through the proxy: \(entries)")
        }
    }

    private mutating func setHooks(of run: Run) {
        func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let hook = run.pythonHook {
            variables["PYTHONPATH"] = [hook, value("PYTHONPATH")].compactMap { $0 }.joined(separator: ":")
        }
        if let hook = run.nodeHook {
            let quoted = hook.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            let option = "--require \"\(quoted)\""
            variables["NODE_OPTIONS"] = [option, value("NODE_OPTIONS")].compactMap { $0 }.joined(separator: " ")
        }
    }

    /// Keeps requests to the run's own URLs away from a proxy for unencrypted requests.
    private mutating func keepLoopbackDirect() {
        let names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        guard names.contains(where: { !(variables[$0] ?? "").isEmpty }) else { return }
        for name in ExecVariables.exceptions {
            let list = variables[name] ?? ""
            let entries = list.split { $0 == "," || $0.isWhitespace }
            if entries.contains("127.0.0.1") || entries.contains("*") { continue }
            replace(name, by: (entries.map(String.init) + ["127.0.0.1"]).joined(separator: ","))
        }
    }

    /// Sets a variable, and remembers its value outside of the run.
    private mutating func replace(_ name: String, by value: String) {
        if let former = variables[name], variables[ExecVariables.former(name)] == nil {
            variables[ExecVariables.former(name)] = former
        }
        variables[name] = value
    }
}

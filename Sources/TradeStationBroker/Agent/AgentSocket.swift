/// Where the agent's socket is.
package enum AgentSocket {
    /// The variable with the path of the socket. If it is empty, there is no agent.
    package static let variable = "TSACCOUNTS_SOCKET"

    /// The path of the socket: the one that the variable names, else a standard one; nil if the variable is empty.
    ///
    /// - Parameter store: The data directory of the store.
    package static func path(environment: [String: String], store: String) -> String? {
        if let path = environment[variable] { return path.isEmpty ? nil : path }
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            return runtime + "/tsaccounts/agent.sock"
        }
        return store + "/agent/agent.sock"
    }
}

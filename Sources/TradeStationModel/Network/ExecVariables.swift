/// The environment variables with which `tsaccounts exec` sends a program's requests through its proxy.
///
/// Programs that manage the sign-ins themselves, such as `tsaccounts` inside `tsaccounts exec`, must not use that proxy:
/// it answers in the place of TradeStation. They read the network settings from ``outside(_:)``.
package enum ExecVariables {
    /// The variable that repeats the URL of the proxy, to tell it from a proxy that the program chose.
    package static let proxy = "TSACCOUNTS_EXEC_PROXY"
    /// The variable with the directory of the run's files.
    package static let directory = "TSACCOUNTS_EXEC_DIRECTORY"
    /// The variables that get the URL of the proxy.
    package static let proxies = ["HTTPS_PROXY", "https_proxy"]
    /// The variables with hosts that are reached without a proxy.
    package static let exceptions = ["NO_PROXY", "no_proxy"]
    /// The variables that get the path of a file with trusted authorities.
    package static let bundles = [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT",
    ]

    /// The variable with the value that a variable had before; it does not exist if that variable did not.
    package static func former(_ name: String) -> String { "TSACCOUNTS_FORMER_\(name)" }

    /// The variables as they are outside of `tsaccounts exec`. Variables that the program has changed stay as they are.
    package static func outside(_ environment: [String: String]) -> [String: String] {
        guard let proxy = environment[proxy], let directory = environment[directory] else { return environment }
        var outside = environment
        func restore(_ name: String) { outside[name] = environment[former(name)] }
        for name in proxies where environment[name] == proxy { restore(name) }
        for name in bundles where environment[name]?.hasPrefix(directory + "/") == true { restore(name) }
        for name in exceptions where environment[former(name)] != nil { restore(name) }
        for name in [Self.proxy, Self.directory] + (proxies + bundles + exceptions).map(former) {
            outside[name] = nil
        }
        return outside
    }
}

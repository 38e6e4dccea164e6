/// How servers are reached: through which proxy, and which certificate authorities are trusted.
///
/// The values have the form and the meaning that `curl` gives to the environment variables of the same purpose. The proxy
/// is not used for servers on this machine.
public struct NetworkSettings: Sendable {
    /// The URL of the proxy for `https` servers, for example `http://proxy.example.com:3128`; nil means none.
    ///
    /// Only `http://` proxies are supported. The connection to the server is encrypted from end to end: the proxy
    /// learns only the server's name (`CONNECT`, RFC 9110 section 9.3.6). The URL may contain a user name and a
    /// password.
    public var proxy: Secret?
    /// The hosts that are reached without the proxy, separated by commas; nil means that there are none.
    ///
    /// `example.com` and `.example.com` stand for that host and everything below it, `example.com:8443` for one of its
    /// ports, `192.0.2.7` and `192.0.2.0/24` for addresses, `*` for every host.
    public var noProxy: String?
    /// A file with certificates of authorities in PEM form, trusted instead of the machine's own.
    public var certificateFile: String?
    /// The directories that contain such certificate files, separated by colons. Their authorities are trusted in
    /// addition to those in ``certificateFile``, and instead of the machine's own.
    public var certificateDirectory: String?
    /// The name of the proxy setting in messages: the environment variable that contains the proxy, if there is one.
    package var proxyName = "the proxy setting"

    /// Creates settings. By default, no proxy is used, and the machine's own certificate authorities are trusted.
    public init(
        proxy: Secret? = nil,
        noProxy: String? = nil,
        certificateFile: String? = nil,
        certificateDirectory: String? = nil
    ) {
        self.proxy = proxy
        self.noProxy = noProxy
        self.certificateFile = certificateFile
        self.certificateDirectory = certificateDirectory
    }

    /// Creates settings from environment variables. An empty variable counts as one that is not set.
    ///
    /// As `curl(1)` specifies, the proxy comes from the first variable that is set of `https_proxy`, `HTTPS_PROXY`,
    /// `all_proxy` and `ALL_PROXY`. The hosts that are reached without it come from the first of `no_proxy` and
    /// `NO_PROXY`. The authorities come from `SSL_CERT_FILE` and `SSL_CERT_DIR`, which OpenSSL introduced.
    ///
    /// Inside `tsaccounts exec`, these are the variables as they were outside of it.
    public init(environment: [String: String]) {
        let environment = ExecVariables.outside(environment)
        func first(of names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment[name], !value.isEmpty { return (name, value) }
            }
            return nil
        }
        let proxy = first(of: "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        self.init(
            proxy: proxy.map { Secret($0.value) },
            noProxy: first(of: "no_proxy", "NO_PROXY")?.value,
            certificateFile: first(of: "SSL_CERT_FILE")?.value,
            certificateDirectory: first(of: "SSL_CERT_DIR")?.value
        )
        if let proxy { proxyName = proxy.name }
    }
}

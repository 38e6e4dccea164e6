import TradeStationModel

/// Which files with trusted authorities the programs of a run get, and what is in them.
///
/// Each variable gets the authorities that it named before, or those that its readers trust without it, and the authority
/// of the run. Variables with the same content share a file.
package struct TrustPlan: Hashable, Sendable {
    /// The content of a file, besides the authority of the run.
    package struct Content: Hashable, Sendable {
        /// Files with certificates.
        package var files: [String] = []
        /// Directories that contain such files.
        package var directories: [String] = []
    }

    /// The contents of the files.
    package let contents: [Content]
    /// For each variable, which of the files it names.
    package let files: [String: Int]

    /// - Parameters:
    ///   - environment: The variables of the parent.
    ///   - machineFile: The file in which the machine keeps its authorities; nil if it has none.
    package init(environment: [String: String], machineFile: String?) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let machine = [machineFile].compactMap { $0 }
        let directories = (value("SSL_CERT_DIR") ?? "").split(separator: ":").map(String.init)
        // OpenSSL reads the directories besides the file, but some libraries read them only if there is no file.
        let openSSL = Content(files: value("SSL_CERT_FILE").map { [$0] } ?? machine, directories: directories)
        let curl = value("CURL_CA_BUNDLE").map { Content(files: [$0]) }
        let wanted: [String: Content] = [
            "SSL_CERT_FILE": openSSL,
            "CURL_CA_BUNDLE": curl ?? openSSL,
            "REQUESTS_CA_BUNDLE": value("REQUESTS_CA_BUNDLE").map { Content(files: [$0]) } ?? curl
                ?? Content(files: machine),
            // Node and Deno add these to the authorities that they have themselves.
            "NODE_EXTRA_CA_CERTS": Content(files: [value("NODE_EXTRA_CA_CERTS")].compactMap { $0 }),
            "DENO_CERT": Content(files: [value("DENO_CERT")].compactMap { $0 }),
        ]
        var contents: [Content] = []
        var files: [String: Int] = [:]
        for name in ExecVariables.bundles {
            guard let content = wanted[name] else { continue }
            if !contents.contains(content) { contents.append(content) }
            files[name] = contents.firstIndex(of: content)
        }
        self.contents = contents
        self.files = files
    }
}

package import TradeStationModel

/// The directories of a store: one for the database, locks and side files, the same or another one for the key.
package struct StoreLocation: Hashable, Sendable {
    /// The directory of `accounts.db`, `locks/` and `pending/`.
    package let dataDirectory: String
    /// The directory of `key`.
    package let configDirectory: String

    /// A store with all files in one directory.
    package init(directory: String) {
        self.init(dataDirectory: directory, configDirectory: directory)
    }

    /// A store with the key in another directory, so that a copy of the data directory alone cannot be opened.
    package init(dataDirectory: String, configDirectory: String) {
        self.dataDirectory = Self.withoutTrailingSlashes(dataDirectory)
        self.configDirectory = Self.withoutTrailingSlashes(configDirectory)
    }

    /// The store of this user: in `TSACCOUNTS_HOME`, else in the XDG base directories, else in their defaults below `HOME`.
    ///
    /// - Parameter environment: the process environment. Relative XDG values are ignored, as the XDG Base Directory
    ///   Specification asks.
    /// - Throws: `no_store_directory` if no variable contains a usable path.
    package static func standard(environment: [String: String]) throws(AccountsError) -> StoreLocation {
        if let home = environment["TSACCOUNTS_HOME"], !home.isEmpty { return StoreLocation(directory: home) }
        func absolute(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? withoutTrailingSlashes($0) : nil }
        }
        let home = absolute("HOME")
        guard let data = absolute("XDG_DATA_HOME") ?? home.map({ $0 + "/.local/share" }),
            let config = absolute("XDG_CONFIG_HOME") ?? home.map({ $0 + "/.config" })
        else {
            throw AccountsError(
                .noStoreDirectory,
                "No directory for the store is set.",
                reason: "Neither TSACCOUNTS_HOME nor HOME is set to an absolute path.",
                suggestion: "tsaccounts --store DIR ..."
            )
        }
        return StoreLocation(dataDirectory: data + "/tsaccounts", configDirectory: config + "/tsaccounts")
    }

    // With a trailing slash, the system would follow a symbolic link in the last component.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}

package import TradeStationModel

/// Where a store lives: the database, locks and side files in one directory, the key in the same or another one.
package struct StoreLocation: Hashable, Sendable {
    /// Holds `accounts.db`, `locks/` and `pending/`.
    package let dataDirectory: String
    /// Holds `key`.
    package let configDirectory: String

    /// Everything in one directory.
    package init(directory: String) {
        self.init(dataDirectory: directory, configDirectory: directory)
    }

    /// The key apart from the data, so that a copy of the data directory alone opens nothing.
    package init(dataDirectory: String, configDirectory: String) {
        self.dataDirectory = Self.withoutTrailingSlashes(dataDirectory)
        self.configDirectory = Self.withoutTrailingSlashes(configDirectory)
    }

    /// The store of this user: `TSACCOUNTS_HOME`, else the XDG base directories, else their defaults below `HOME`.
    ///
    /// - Parameter environment: the process environment. Relative XDG values are ignored, as the XDG Base Directory
    ///   Specification asks.
    /// - Throws: `no_store_directory` when nothing usable is set.
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
                "There is no directory to keep the store in.",
                reason: "Neither TSACCOUNTS_HOME nor HOME is set to an absolute path.",
                suggestion: "tsaccounts --store DIR ..."
            )
        }
        return StoreLocation(dataDirectory: data + "/tsaccounts", configDirectory: config + "/tsaccounts")
    }

    // A trailing slash would make the system follow a symbolic link in the last component.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}

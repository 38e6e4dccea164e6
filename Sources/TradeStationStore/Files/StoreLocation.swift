package import TradeStationModel

/// The directories of a store: one for the database, locks and side files (which hold new tokens until the database has
/// them), and one, possibly the same, for the key.
package struct StoreLocation: Hashable, Sendable {
    /// The directory of `accounts.db`, `locks/` and `pending/`.
    package let dataDirectory: String
    /// The directory of the key file, `key`.
    package let configDirectory: String
    /// A file that contains the key instead, if it exists: the credential that the service manager passes to this
    /// process.
    package var keyCredential: String?

    /// A store with all files in one directory.
    package init(directory: String) {
        self.init(dataDirectory: directory, configDirectory: directory)
    }

    /// A store with the key in another directory, so that a copy of the data directory alone cannot be opened.
    package init(dataDirectory: String, configDirectory: String) {
        self.dataDirectory = Self.withoutTrailingSlashes(dataDirectory)
        self.configDirectory = Self.withoutTrailingSlashes(configDirectory)
    }

    /// The name of the credential with the key, for `LoadCredential=` of systemd.
    package static let credentialName = "tsaccounts.key"

    /// A store with all files in the directory that a user or a program named.
    ///
    /// - Parameters:
    ///   - path: may be relative to the working directory, or begin with `~/`, which not every caller expands. It is
    ///     always read as a path, even if SQLite would read it as a URI.
    ///   - workingDirectory: the directory in which relative paths begin.
    /// - Throws: `no_store_directory` if the path cannot be made absolute.
    package static func directory(
        _ path: String,
        environment: [String: String],
        workingDirectory: String
    ) throws(AccountsError) -> StoreLocation {
        if let absolute = try expanded(path, environment) {
            return StoreLocation(directory: absolute).withCredential(environment)
        }
        guard !path.isEmpty, workingDirectory.hasPrefix("/") else { throw unusable(path, of: "--store") }
        return StoreLocation(directory: workingDirectory + "/" + path).withCredential(environment)
    }

    private func withCredential(_ environment: [String: String]) -> StoreLocation {
        guard let directory = environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else { return self }
        var location = self
        location.keyCredential = directory + "/" + Self.credentialName
        return location
    }

    /// The store of this user: in `TSACCOUNTS_HOME`, else in the XDG base directories, else in their defaults below `HOME`.
    ///
    /// - Parameter environment: the process environment. A variable may begin with `~/`, because systemd, cron and
    ///   Docker do not expand it. Relative XDG values are ignored, as the XDG Base Directory Specification asks.
    /// - Throws: `no_store_directory` if no variable contains a usable path, or `TSACCOUNTS_HOME` contains a relative
    ///   one, which would mean a different store in every working directory.
    package static func standard(environment: [String: String]) throws(AccountsError) -> StoreLocation {
        if let path = environment["TSACCOUNTS_HOME"], !path.isEmpty {
            guard let absolute = try expanded(path, environment) else { throw unusable(path, of: "TSACCOUNTS_HOME") }
            return StoreLocation(directory: absolute).withCredential(environment)
        }
        func directory(_ name: String, orBelowHome path: String) throws(AccountsError) -> String? {
            if let value = environment[name], let absolute = try expanded(value, environment) { return absolute }
            return home(environment).map { $0 + path }
        }
        guard let data = try directory("XDG_DATA_HOME", orBelowHome: "/.local/share"),
            let config = try directory("XDG_CONFIG_HOME", orBelowHome: "/.config")
        else {
            throw AccountsError(
                .noStoreDirectory,
                "No directory for the store is set.",
                reason: "Neither TSACCOUNTS_HOME nor HOME is set to an absolute path.",
                suggestion: "name a directory: tsaccounts --store DIR ..."
            )
        }
        return StoreLocation(
            dataDirectory: withoutTrailingSlashes(data) + "/tsaccounts",
            configDirectory: withoutTrailingSlashes(config) + "/tsaccounts"
        ).withCredential(environment)
    }

    /// The absolute path that a value means; nil if it is relative.
    private static func expanded(
        _ path: String,
        _ environment: [String: String]
    ) throws(AccountsError) -> String? {
        if path.hasPrefix("/") { return path }
        guard path.hasPrefix("~") else { return nil }
        guard path == "~" || path.hasPrefix("~/"), let home = home(environment) else {
            throw AccountsError(
                .noStoreDirectory,
                "The directory \(path.printable(limit: 200)) cannot be found.",
                reason: home(environment) == nil
                    ? "HOME is not set to an absolute path." : "Only ~/ is expanded, not ~NAME/.",
                suggestion: "name the absolute path: tsaccounts --store /home/NAME/DIR ..."
            )
        }
        return home + path.dropFirst()
    }

    private static func home(_ environment: [String: String]) -> String? {
        environment["HOME"].flatMap { $0.hasPrefix("/") ? withoutTrailingSlashes($0) : nil }
    }

    private static func unusable(_ path: String, of source: String) -> AccountsError {
        AccountsError(
            .noStoreDirectory,
            "\(source) is a relative path: \(path.printable(limit: 200))",
            reason: "A relative path would mean a different store in every working directory.",
            suggestion: "set an absolute path, for example: \(source)=\"$HOME/tsaccounts\""
        )
    }

    // With a trailing slash, the system would follow a symbolic link in the last component.
    private static func withoutTrailingSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}

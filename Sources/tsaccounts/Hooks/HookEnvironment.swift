import TradeStationSessions

/// The environment of a hook's command: that of `serve` without what may be secret or is meant for `serve` alone, and the
/// facts of the event.
struct HookEnvironment: Sendable {
    /// Variables with one of these words in their name are left out.
    private static let secretWords = [
        "AUTH", "BEARER", "COOKIE", "CREDENTIAL", "JWT", "KEY", "PASS", "PASSPHRASE", "PASSWD", "PASSWORD", "PRIVATE",
        "PW", "SECRET", "TOKEN",
    ]
    /// Variables that the service manager sets for `serve`.
    private static let servicePrefixes = ["LISTEN_", "NOTIFY_", "WATCHDOG_", "CREDENTIALS_DIRECTORY", "TSACCOUNTS_"]

    private let inherited: [String: String]

    /// - Parameters:
    ///   - environment: The environment of `serve`.
    ///   - store: The directory of the store if it was named, so that commands of the hook use the same store.
    init(inheriting environment: [String: String], store: String?) {
        var kept = environment.filter { Self.isHarmless(name: $0.key, value: $0.value) }
        if let home = store ?? environment["TSACCOUNTS_HOME"] { kept["TSACCOUNTS_HOME"] = home }
        inherited = kept
    }

    /// The environment for an event.
    func variables(for event: SessionEvent) -> [String: String] {
        var facts = [
            "EVENT": HookEvent(event.kind).rawValue,
            "PROFILES": event.profiles.map(\.text).joined(separator: " "),
            "LOGIN": String(event.login.rawValue),
            "AT": event.at.description,
        ]
        switch event.kind {
        case .refreshed(let generation, let end), .adopted(let generation, let end):
            facts["GENERATION"] = String(generation)
            facts["EXPIRES_AT"] = end.description
        case .degraded(let code): facts["CODE"] = code.rawValue
        case .needsLogin(let code):
            facts["CODE"] = code.rawValue
            if let profile = event.profiles.first { facts["TRY"] = "tsaccounts login \(profile)" }
        case .signInEndsSoon(let end): facts["SIGN_IN_ENDS_AT"] = end.description
        case .recovered: break
        }
        return facts.reduce(into: inherited) { $0["TSACCOUNTS_\($1.key)"] = $1.value }
    }

    private static func isHarmless(name: String, value: String) -> Bool {
        if name == "TSACCOUNTS_TRUST_GROUP" { return true }
        let upper = name.uppercased()
        let words = upper.split { !$0.isLetter }
        return !servicePrefixes.contains { upper.hasPrefix($0) }
            && !words.contains { word in secretWords.contains { word == $0 || word == $0 + "S" } }
            && !["SECRET", "TOKEN", "PASSW", "APIKEY", "CREDENTIAL"].contains { upper.contains($0) }
            // A token, or a URL with a password.
            && !value.contains("eyJ") && !hasUserInfo(value)
    }

    /// Whether a value contains a URL with a user or a password before the host.
    private static func hasUserInfo(_ value: String) -> Bool {
        value.components(after: "://").contains { rest in
            rest.prefix { !"/?# ".contains($0) }.contains("@")
        }
    }
}

extension String {
    /// The texts that follow each occurrence of a separator.
    fileprivate func components(after separator: String) -> [Substring] {
        ranges(of: separator).map { self[$0.upperBound...] }
    }
}

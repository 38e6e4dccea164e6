import TradeStationModel

/// A path on the profile's own host. Nothing else can be asked for: a token never goes to a host that was not
/// registered for it.
struct APIRequestTarget: Sendable, Equatable {
    /// The whole URL.
    let url: String

    /// Checks a path.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    init(_ path: String, profile: Profile) throws(AccountsError) {
        let version = "/\(profile.apiVersion.rawValue)"
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let route = String(parts[0])
        guard path.utf8.count <= 16_384, path.hasPrefix("/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else { throw .badPath("It must begin with one / and hold no spaces, fragments or backslashes.") }
        guard !Self.climbs(route) else { throw .badPath("It must not climb with .. segments.") }
        let named = APIVersion.allCases.first { route == "/\($0.rawValue)" || route.hasPrefix("/\($0.rawValue)/") }
        if let named, named != profile.apiVersion {
            throw .badPath("This profile speaks \(profile.apiVersion.rawValue), the path says \(named.rawValue).")
        }
        url = profile.apiOrigin + (named == nil ? version : "") + path
    }

    private static func climbs(_ route: String) -> Bool {
        route.lowercased().split(separator: "/").contains { segment in
            let plain = segment.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            let decoded = plain.replacing("%2e", with: ".")
            return decoded == ".." || decoded == "." || segment.contains("%2f") || segment.contains("%5c")
        }
    }
}

extension AccountsError {
    fileprivate static func badPath(_ reason: String) -> AccountsError {
        AccountsError(
            .usage,
            "This is not a path of the API.",
            reason: reason,
            suggestion: "a path like /v3/brokerage/accounts"
        )
    }
}

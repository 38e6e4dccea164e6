import Foundation
import TradeStationModel

/// A path on the profile's own host. Nothing else can be asked for: a token never goes to a host that was not
/// registered for it.
struct APIRequestTarget: Sendable, Equatable {
    /// The whole URL.
    let url: String
    /// What is asked for, without the query, which may hold anything.
    let path: String
    /// The pieces of the path after the version, decoded; nil when they cannot be read without doubt.
    let segments: [String]?
    /// The names and values of the query, decoded; nil when they cannot be read without doubt.
    let parameters: [[String]]?

    /// Checks a path.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    init(
        _ path: String,
        query: [(name: String, value: String)] = [],
        profile: Profile
    ) throws(AccountsError) {
        let version = "/\(profile.apiVersion.rawValue)"
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let route = parts.first ?? ""
        let added = query.map { FormEncoding.encodeQuery($0.name) + "=" + FormEncoding.encodeQuery($0.value) }
        let whole = (parts.dropFirst().filter { !$0.isEmpty } + added).joined(separator: "&")
        guard path.utf8.count + whole.utf8.count <= 16_384, path.hasPrefix("/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else { throw .badPath("It must begin with one / and hold no spaces, fragments or backslashes.") }
        guard !Self.climbs(route) else { throw .badPath("It must not climb with .. segments.") }
        let named = APIVersion.allCases.first { route == "/\($0.rawValue)" || route.hasPrefix("/\($0.rawValue)/") }
        if let named, named != profile.apiVersion {
            throw .badPath("This profile speaks \(profile.apiVersion.rawValue), the path says \(named.rawValue).")
        }
        self.path = (named == nil ? version : "") + route
        url = profile.apiOrigin + self.path + (whole.isEmpty ? "" : "?" + whole)
        segments = Self.decoded(self.path.dropFirst(version.count).split(separator: "/"))
        parameters = Self.decodedQuery(whole)
    }

    private static func climbs(_ route: String) -> Bool {
        route.lowercased().split(separator: "/").contains { segment in
            let plain = segment.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            let decoded = plain.removingPercentEncoding ?? plain
            // A server that drops blanks would climb at ". ." too.
            let isOnlyDots = decoded.contains(".") && decoded.allSatisfy { $0 == "." || $0.isWhitespace }
            return isOnlyDots || segment.contains("%2f") || segment.contains("%5c")
        }
    }

    /// Undoes one percent-encoding. What is left ambiguous is not guessed at: something that looks encoded still, a
    /// path parameter (RFC 3986 section 3.3), a character that a server may fold into another one.
    private static func decoded(_ segments: [Substring]) -> [String]? {
        var texts: [String] = []
        for segment in segments {
            guard let text = String(segment).removingPercentEncoding,
                text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !text.contains(where: { "%;/\\".contains($0) })
            else { return nil }
            texts.append(text)
        }
        return texts
    }

    private static func decodedQuery(_ query: String) -> [[String]]? {
        var parameters: [[String]] = []
        for parameter in query.split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1).map {
                $0.replacing("+", with: " ").removingPercentEncoding
            }
            guard parts.allSatisfy({ $0 != nil }) else { return nil }
            parameters.append(parts.compactMap { $0 })
        }
        return parameters
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

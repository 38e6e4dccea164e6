import Foundation
import TradeStationModel

/// The URL of a request, always on the profile's own host.
///
/// A token never goes to a host that the profile does not name.
struct APIRequestTarget: Sendable, Equatable {
    /// The whole URL.
    let url: String
    /// The path without the query, which may contain private data.
    let path: String
    /// The decoded segments of the path after the version; nil when they are ambiguous.
    let segments: [String]?
    /// The decoded names and values of the query; nil when they are ambiguous.
    let parameters: [[String]]?

    /// Checks a path and makes the URL.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    init(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        profile: Profile
    ) throws(AccountsError) {
        let version = "/\(profile.apiVersion.rawValue)"
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let route = parts.first ?? ""
        let added = query.map { FormEncoding.encodeQuery($0.key) + "=" + FormEncoding.encodeQuery($0.value) }
        let whole = (parts.dropFirst().filter { !$0.isEmpty } + added).joined(separator: "&")
        guard path.utf8.count + whole.utf8.count <= 16_384, path.hasPrefix("/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
        else {
            throw .badPath("A path starts with one slash and contains no spaces, fragments or backslashes.")
        }
        guard !Self.leavesDirectory(route) else {
            throw .badPath("A path contains no . or .. segments and no encoded slashes.")
        }
        let named = APIVersion.allCases.first { route == "/\($0.rawValue)" || route.hasPrefix("/\($0.rawValue)/") }
        if let named, named != profile.apiVersion {
            throw .badPath("The profile uses \(profile.apiVersion.rawValue), but the path names \(named.rawValue).")
        }
        self.path = (named == nil ? version : "") + route
        url = profile.apiOrigin + self.path + (whole.isEmpty ? "" : "?" + whole)
        segments = Self.decoded(self.path.dropFirst(version.count).split(separator: "/"))
        parameters = Self.decodedQuery(whole)
    }

    /// Whether a server might resolve the path to another directory, because of dot segments or encoded slashes.
    private static func leavesDirectory(_ route: String) -> Bool {
        route.lowercased().split(separator: "/").contains { segment in
            let plain = segment.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? ""
            let decoded = plain.removingPercentEncoding ?? plain
            // A server that ignores white space would treat ". ." as "..".
            let isOnlyDots = decoded.contains(".") && decoded.allSatisfy { $0 == "." || $0.isWhitespace }
            return isOnlyDots || segment.contains("%2f") || segment.contains("%5c")
        }
    }

    /// Decodes percent-encoding once; returns nil if a segment is ambiguous.
    ///
    /// A segment is ambiguous if it still looks encoded, has a path parameter (RFC 3986 section 3.3), or contains a
    /// character that a server may normalize to another one.
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
            "The path is not valid for the API.",
            reason: reason,
            suggestion: "use a path like /v3/brokerage/accounts"
        )
    }
}

import Foundation
import TradeStationSessions

/// A sign-in as another program keeps it.
struct ImportedLogin {
    let clientID: String?
    /// The client secret; nil if the file has none.
    let secret: Secret?
    let refreshToken: Secret
    /// The environment that the file names.
    let environment: EnvironmentFlag?
    /// The version of the API that the file names.
    private let apiVersion: APIVersion

    /// Reads the text of a file.
    ///
    /// - Throws: `AccountsError` `input_required` if it has no refresh token or another format.
    init(_ text: String, format: ImportFormat) throws(AccountsError) {
        let fields: [String: Any]
        switch format {
        case .environment: fields = Self.variables(in: text)
        case .pythonSDK, .tokenFile: fields = try Self.members(of: text)
        }
        func value(_ field: ImportFormat.Field) -> String? {
            format.names(of: field).lazy
                .compactMap { (fields[$0] as? String).map { SecretText($0).text } }
                .first { !$0.isEmpty }
        }
        guard let token = value(.refreshToken) else { throw format.missing(.refreshToken) }
        refreshToken = Secret(token)
        clientID = value(.clientID)
        secret = value(.secret).map { Secret($0) }
        let base = (fields["base_url"] as? String)?.lowercased() ?? ""
        let host = base.split(separator: "/").first { $0.hasSuffix("tradestation.com") }
        environment =
            (fields["is_test"] as? Bool).map { $0 ? .sim : .live } ?? host.map { $0.hasPrefix("sim") ? .sim : .live }
        apiVersion = base.split(separator: "/").last == "v2" ? .v2 : .v3
    }

    /// The version of the API for a profile in an environment. The simulator has v3 only.
    func apiVersion(in environment: EnvironmentFlag?) -> APIVersion {
        environment == .sim ? .v3 : apiVersion
    }

    /// The names and values of lines such as `NAME=value` and `export NAME="value"`.
    private static func variables(in text: String) -> [String: Any] {
        var found: [String: Any] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var words = line.drop(while: \.isWhitespace)
            if words.hasPrefix("export ") { words = words.dropFirst(7).drop(while: \.isWhitespace) }
            guard let sign = words.firstIndex(of: "="), !words.hasPrefix("#") else { continue }
            let name = words[..<sign].filter { !$0.isWhitespace }.uppercased()
            found[name] = value(String(words[words.index(after: sign)...]))
        }
        return found
    }

    /// A value without the comment behind it. Quotes are removed later, together with the blanks.
    private static func value(_ text: String) -> String {
        guard let first = text.first(where: { !$0.isWhitespace }), first != "\"", first != "'" else { return text }
        return text.firstRange(of: #/\s#/#).map { String(text[..<$0.lowerBound]) } ?? text
    }

    /// The members of a JSON object, and those of the object in it that holds the tokens.
    private static func members(of text: String) throws(AccountsError) -> [String: Any] {
        let data = Data(SecretText(text).text.utf8)
        guard var members = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw AccountsError(
                .inputRequired,
                "The file is not a JSON object.",
                suggestion: "tsaccounts help import   # describes the formats"
            )
        }
        for name in ["token_dictionary", "tokens", "token"] {
            guard let inner = members[name] as? [String: Any] else { continue }
            members.merge(inner) { outer, _ in outer }
        }
        return members
    }
}

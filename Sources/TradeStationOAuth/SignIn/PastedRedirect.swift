import TradeStationModel

/// Reads the redirect URL that a user pastes.
///
/// Only the `state` parameter decides whether the URL belongs to the sign-in. The part before the parameters is
/// ignored, and may be missing: browsers and clipboards change or omit the scheme, show another name of this computer,
/// or add quotes.
struct PastedRedirect {
    private static let maximumBytes = 64 * 1_024
    private static let enclosingCharacters: Set<Character> = ["\"", "'", "`", "<", ">", "“", "”", "‘", "’"]

    private let state: Secret
    /// The earlier lines: a URL that was copied from a terminal can be wrapped over several lines.
    private var earlier: [String] = []

    /// - Parameter state: The `state` of the authorization request.
    init(state: Secret) {
        self.state = state
    }

    /// Reads the next line, alone or as the continuation of earlier ones.
    mutating func read(_ line: String) -> AuthorizationResponse {
        guard line.utf8.count <= Self.maximumBytes else { return .refused(.tooLong) }
        let text = line.filter { !$0.isWhitespace }
        let alone = response(in: text)
        guard case .refused = alone else { return alone }
        // The URL can stand between other words.
        for word in line.split(whereSeparator: \.isWhitespace) {
            let response = response(in: String(word))
            guard case .refused = response else { return response }
        }
        var joined = text
        for line in earlier.reversed() {
            joined = line + joined
            let together = response(in: joined)
            guard case .refused = together else { return together }
        }
        earlier = joined.utf8.count <= Self.maximumBytes ? earlier + [text] : [text]
        return alone
    }

    private func response(in text: String) -> AuthorizationResponse {
        let isEnclosing = { Self.enclosingCharacters.contains($0) }
        let trimmed = text.drop(while: isEnclosing)
        let bare = trimmed.prefix(trimmed.count - trimmed.reversed().prefix(while: isEnclosing).count)
        // A page or a log can show the URL with HTML's name for the ampersand.
        let url = bare.replacing("&amp;", with: "&")
        let parameters: Substring
        if let start = url.firstIndex(of: "?") {
            parameters = url[url.index(after: start)...].prefix { $0 != "#" }
        } else if let start = url.firstIndex(of: "#") {
            parameters = url[url.index(after: start)...]
        } else if url.contains("=") {
            parameters = url[...]
        } else {
            return .refused(.notARedirect)
        }
        return AuthorizationResponse.read(query: parameters, state: state, trustsErrors: true)
    }
}

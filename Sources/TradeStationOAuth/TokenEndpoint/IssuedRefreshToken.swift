package import TradeStationModel

/// The refresh token in an answer of the token endpoint.
///
/// RFC 6749 appendix A.17 allows printable ASCII only. Any other text is kept too: if the server has replaced the
/// refresh token, it accepts only the new one from now on.
package enum IssuedRefreshToken: Equatable, Sendable {
    /// The answer has no refresh token: the one that was sent remains in use.
    case none
    /// The answer has this refresh token.
    case token(Secret)
    /// The answer has an empty refresh token. Some servers send one when they issue none.
    case empty
    /// The answer has a refresh token that cannot be kept, for the given reason. The one that was sent may no longer be
    /// valid.
    case unusable(String)

    /// The maximum size of a refresh token that the store can keep, in bytes.
    static let maximumBytes = 60 * 1_024

    /// Chooses among the values of all members with the name `refresh_token`.
    ///
    /// - Parameter sent: The secrets of the request. A token that repeats one of them is not new.
    init(_ values: [JSONMembers.Value], sent: [Secret]) {
        let all = values.map(Self.init)
        let tokens = all.compactMap(\.token)
        if let new = tokens.last(where: { !sent.contains($0) }) {
            self = .token(new)
        } else if let defect = all.last(where: \.isUnusable) {
            self = defect
        } else if let old = tokens.last {
            self = .token(old)
        } else {
            self = all.contains(.empty) ? .empty : .none
        }
    }

    private init(_ value: JSONMembers.Value) {
        switch value {
        case .null: self = .none
        case .string(let text), .number(let text): self.init(text)
        case .strings(let texts) where texts.count == 1: self.init(texts[0])
        case .strings, .other: self = .unusable("It is not a string.")
        }
    }

    private init(_ text: String) {
        if text.isEmpty {
            self = .empty
        } else if text.utf8.count > Self.maximumBytes {
            self = .unusable("It is longer than \(Self.maximumBytes / 1_024) KiB.")
        } else if text.unicodeScalars.contains("\u{FFFD}") {
            // The reader of the body puts this character in place of bytes that are not UTF-8.
            self = .unusable("It is not valid UTF-8.")
        } else {
            self = .token(Secret(text))
        }
    }

    /// The token, if there is one that can be kept.
    package var token: Secret? {
        guard case .token(let token) = self else { return nil }
        return token
    }

    private var isUnusable: Bool {
        guard case .unusable = self else { return false }
        return true
    }
}

import TradeStationModel

/// The JSON body of a token endpoint's answer (RFC 6749 sections 5.1 and 5.2); every member is validated.
struct TokenBody {
    /// The maximum length of a token, in bytes.
    private static let maximumTokenBytes = 16 * 1_024

    private let json: JSONMembers

    init(_ body: [UInt8]) {
        json = JSONMembers(body)
    }

    /// The `error`, if the body is complete and contains one.
    var error: String? {
        guard json.isComplete, let error = json.string("error"), !error.isEmpty else { return nil }
        return error
    }

    /// The `error_description`, if the body is complete and contains one that is not empty.
    var errorDescription: String? {
        guard json.isComplete, let text = json.string("error_description"), !text.isEmpty else { return nil }
        return text
    }

    /// The refresh token, even if the body is cut off after it.
    var refreshToken: Secret? { token("refresh_token", allowed: 0x20...0x7E) }

    /// Every token in the body; none of them may be shown.
    var secrets: [Secret] {
        ["access_token", "refresh_token", "id_token"].compactMap(json.string).map(Secret.init)
    }

    /// The tokens; nil if the body is not a valid token response.
    func grant(status: Int) -> TokenGrant? {
        guard defect == nil, let accessToken else { return nil }
        let lifetime = json.number("expires_in").flatMap { $0 > 0 ? $0 : nil }
        return TokenGrant(
            accessToken: accessToken,
            refreshToken: refreshToken,
            idToken: token("id_token", allowed: 0x21...0x7E),
            lifetimeSeconds: lifetime.map {
                max(1, Int(min($0, Double(TokenGrant.maximumLifetimeSeconds))))
            } ?? TokenGrant.assumedLifetimeSeconds,
            lifetimeWasAssumed: lifetime == nil,
            scope: json.strings("scope")?.joined(separator: " ").printable(limit: 1_024),
            httpStatus: status
        )
    }

    /// Why the body is not a valid token response; nil if it is one.
    var defect: String? {
        guard json.isComplete else { return "The answer is not a complete JSON object." }
        guard accessToken != nil else { return "The answer has no usable access token." }
        guard let type = json.members["token_type"], type != .other else { return nil }
        guard case .string(let type) = type, type.lowercased() == "bearer" else {
            return "The answer's token type is not Bearer."
        }
        return nil
    }

    private var accessToken: Secret? { token("access_token", allowed: 0x21...0x7E) }

    private func token(_ name: String, allowed: ClosedRange<UInt8>) -> Secret? {
        guard let text = json.string(name), !text.isEmpty, text.utf8.count <= Self.maximumTokenBytes,
            text.utf8.allSatisfy(allowed.contains)
        else { return nil }
        return Secret(text)
    }
}

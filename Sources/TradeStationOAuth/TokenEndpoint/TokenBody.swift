import TradeStationModel

/// The JSON body of a token endpoint's answer (RFC 6749 sections 5.1 and 5.2); every member is validated.
struct TokenBody {
    /// The maximum length of an access or ID token, in bytes.
    private static let maximumTokenBytes = 16 * 1_024

    private let json: JSONMembers
    private let sent: [Secret]
    private let times: GrantedLifetime.Times

    /// - Parameters:
    ///   - sent: The secrets of the request.
    ///   - times: When the answer was given.
    init(_ body: [UInt8], sent: [Secret] = [], at times: GrantedLifetime.Times = .init()) {
        json = JSONMembers(body)
        self.sent = sent
        self.times = times
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
    var refreshToken: IssuedRefreshToken { IssuedRefreshToken(json.values(of: "refresh_token"), sent: sent) }

    /// Every token in the body; none of them may be shown.
    var secrets: [Secret] {
        ["access_token", "refresh_token", "id_token"].flatMap(json.values).compactMap { value in
            switch value {
            case .string(let text), .number(let text): Secret(text)
            case .strings(let texts): Secret(texts.joined())
            case .null, .other: nil
            }
        }
    }

    /// The tokens; nil if the body is not a valid token response.
    func grant(status: Int) -> TokenGrant? {
        guard defect == nil, let accessToken, let lifetime else { return nil }
        return TokenGrant(
            accessToken: accessToken,
            issuedRefreshToken: refreshToken,
            idToken: token("id_token", allowed: 0x21...0x7E),
            lifetimeSeconds: lifetime.seconds,
            lifetimeOrigin: lifetime.origin,
            scope: json.strings("scope")?.joined(separator: " ").printable(limit: 1_024),
            httpStatus: status
        )
    }

    /// Why the body is not a valid token response; nil if it is one.
    var defect: String? {
        guard json.isComplete else { return "The answer is not a complete JSON object." }
        guard accessToken != nil else { return "The answer has no usable access token." }
        guard lifetime != nil else { return "The answer's access token has already expired." }
        switch json.value("token_type") {
        case nil, .null, .other: return nil
        case .string(let type) where type.lowercased() == "bearer": return nil
        default: return "The answer's token type is not Bearer."
        }
    }

    private var lifetime: GrantedLifetime? {
        GrantedLifetime(json, claims: accessToken.flatMap(TokenClaims.init), at: times)
    }

    private var accessToken: Secret? { token("access_token", allowed: 0x21...0x7E) }

    private func token(_ name: String, allowed: ClosedRange<UInt8>) -> Secret? {
        guard let text = json.string(name), !text.isEmpty, text.utf8.count <= Self.maximumTokenBytes,
            text.utf8.allSatisfy(allowed.contains)
        else { return nil }
        return Secret(text)
    }
}

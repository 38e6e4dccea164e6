import TradeStationSessions

/// The formats in which other programs keep a sign-in.
enum ImportFormat: String, CaseIterable {
    case pythonSDK = "python-sdk"
    case environment = "env"
    case tokenFile = "token-file"

    /// A value that is imported.
    enum Field {
        case clientID, secret, refreshToken
    }

    /// The names of a field in this format; the first one that is present and not empty counts.
    func names(of field: Field) -> [String] {
        let names =
            switch field {
            case .clientID: ["client_id", "api_key"]
            case .secret: ["client_secret", "secret_key", "api_secret"]
            case .refreshToken: ["refresh_token"]
            }
        guard self == .environment else { return names }
        return ["TRADESTATION_", "TS_", ""].flatMap { prefix in names.map { prefix + $0.uppercased() } }
    }

    /// The error for a field that was not found.
    func missing(_ field: Field) -> AccountsError {
        let names = names(of: field).joined(separator: ", ")
        return switch field {
        case .clientID:
            AccountsError(
                .inputRequired,
                "The file contains no client ID.",
                reason: "It has none of \(names).",
                suggestion: "run the same command with --client-id ID"
            )
        case .secret, .refreshToken:
            AccountsError(
                .inputRequired,
                "The file contains no \(field == .secret ? "client secret" : "refresh token").",
                reason: "It has none of \(names).",
                suggestion: "tsaccounts help import   # describes the formats"
            )
        }
    }
}

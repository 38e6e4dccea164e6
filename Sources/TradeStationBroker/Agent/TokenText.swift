import TradeStationModel
package import TradeStationSessions

/// An access token as JSON, the same from `tsaccounts token --json` and from the agent.
package enum TokenText {
    /// The JSON of a report, on one line.
    package static func json(_ report: TokenReport) -> String {
        json(report.profile.profile, report.token, seconds: report.life.components.seconds)
    }

    /// The JSON of a token.
    ///
    /// - Parameter seconds: The remaining lifetime.
    static func json(_ profile: Profile, _ token: AccessToken, seconds: Int64) -> String {
        JSONText.object([
            ("profile", .string(profile.name.text)), ("environment", .string(profile.environment.rawValue)),
            ("api_url", .string(profile.apiOrigin)), (tokenMember, .string(token.secret.exposed)),
            ("token_type", .string("Bearer")), ("expires_at", .string(token.expiresAt.description)),
            ("expires_in_seconds", .integer(seconds)),
        ]).line
    }

    /// The token in such a JSON text; empty if there is none.
    package static func token(in json: String) -> String {
        JSONMembers(Array(json.utf8)).string(tokenMember) ?? ""
    }

    private static let tokenMember = "access_token"
}

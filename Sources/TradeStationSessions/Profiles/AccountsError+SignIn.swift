import TradeStationModel
import TradeStationOAuth

extension AccountsError {
    /// Another process has signed the user out while the user signed in.
    static let signedOutMeanwhile = AccountsError(
        .loginRequired,
        "Another process signed this profile out during the sign-in.",
        reason: "The new tokens are kept in the store, but they are not used.",
        suggestion: "tsaccounts login NAME"
    )

    /// Other processes have saved newer tokens again and again.
    static let overtaken = AccountsError(
        .storeBusy,
        "Other processes changed this sign-in while its new tokens were saved.",
        reason: "The new tokens are kept in the store, but they are not used.",
        suggestion: "tsaccounts login NAME"
    )

    /// The user provided a refresh token that another login has. Nothing was sent.
    static func refreshTokenTaken(by owner: ProfileName) -> AccountsError {
        sharedRefreshToken(
            "The login of profile \"\(owner)\" already has this refresh token, or had it before.",
            consequence: " Nothing was sent.",
            suggestion: "tsaccounts add profile NAME --same-login-as \(owner)"
        )
    }

    /// The server answered a sign-in with the refresh token of another login.
    static func refreshTokenReturned(of owner: ProfileName) -> AccountsError {
        sharedRefreshToken(
            "The sign-in server returned the refresh token that the login of profile \"\(owner)\" already has.",
            suggestion: "use the profile \(owner), or share its login: "
                + "tsaccounts add profile NAME --same-login-as \(owner)"
        )
    }

    private static func sharedRefreshToken(
        _ message: String,
        consequence: String = "",
        suggestion: String
    ) -> AccountsError {
        AccountsError(
            .usage,
            message,
            reason: "Two logins with one refresh token end each other's sign-in." + consequence,
            suggestion: suggestion
        )
    }

    /// The error that the user sees after a failed code exchange.
    static func signInFailed(_ failure: TokenFailure) -> AccountsError {
        guard failure.kind == .invalidGrant || failure.kind == .outcomeUnknown else { return failure.accountsError() }
        return AccountsError(
            failure.kind == .invalidGrant ? .loginDenied : failure.code,
            "The sign-in could not be completed: the authorization code was not exchanged.",
            reason: failure.description ?? failure.oauthError?.printable(limit: 60),
            suggestion: "sign in again"
        )
    }
}

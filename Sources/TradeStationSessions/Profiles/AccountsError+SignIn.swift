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

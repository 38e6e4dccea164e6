import TradeStationModel

/// The errors of the refresh transaction.
extension AccountsError {
    static let profileRemoved = AccountsError(
        .profileNotFound,
        "The profile has been removed.",
        suggestion: "tsaccounts list"
    )

    static let notSignedIn = AccountsError(
        .loginRequired,
        "No user is signed in for this profile.",
        suggestion: "tsaccounts login NAME"
    )

    static let signInEnded = AccountsError(
        .loginRequired,
        "The sign-in has ended: the server no longer accepts the refresh token.",
        suggestion: "tsaccounts login NAME"
    )

    static let noRefreshToken = AccountsError(
        .loginRequired,
        "The access token has expired and there is no refresh token.",
        reason: "The sign-in did not grant offline_access.",
        suggestion: "tsaccounts login NAME"
    )

    static let anotherUser = AccountsError(
        .wrongUser,
        "The sign-in server returned tokens of another user.",
        reason: "They are saved, but not returned to any caller.",
        suggestion: "tsaccounts login NAME"
    )

    static let held = AccountsError(
        .loginRequired,
        "This login is on hold until a user signs in again.",
        suggestion: "tsaccounts audit NAME, then tsaccounts login NAME"
    )

    static let rolledBack = AccountsError(
        .storeRolledBack,
        "The database is an older copy: the newest tokens of this login are not in it.",
        reason: "To send an older refresh token could end the sign-in, so nothing was sent.",
        suggestion: "restore a newer copy of the database, or sign in again: tsaccounts login NAME"
    )

    static let clientRejected = AccountsError(
        .clientRejected,
        "The sign-in server refuses this API key.",
        reason: "The client id is unknown or disabled, or the secret is wrong.",
        suggestion: "tsaccounts set NAME --secret-file FILE, then tsaccounts refresh NAME"
    )

    static let closed = AccountsError(.closed, "The session manager is closed.", suggestion: "a new SessionManager")

    static func minValidityTooLong(lifetimeSeconds: Int) -> AccountsError {
        AccountsError(
            .minValidityTooLong,
            "No access token is valid for that long.",
            reason: "Access tokens of this login are valid for \(lifetimeSeconds) seconds.",
            suggestion: "tsaccounts token NAME --min-validity \(max(1, lifetimeSeconds / 2))"
        )
    }

    static func rateLimited(seconds: Int64) -> AccountsError {
        AccountsError(
            .rateLimited,
            "The sign-in server is limiting requests; the next one is allowed in \(seconds) seconds.",
            suggestion: "the same command in \(seconds) seconds"
        )
    }

    static func backingOff(seconds: Int64, last: String?) -> AccountsError {
        AccountsError(
            .backingOff,
            "The last refresh failed; the next one is due in \(seconds) seconds.",
            reason: last.map { "The failure was \($0)." },
            suggestion: "the same command in \(seconds) seconds"
        )
    }

    static let savedNowhere = AccountsError(
        .storeReadonly,
        "The new tokens could not be saved anywhere.",
        suggestion: "free disk space or fix the permissions of the store, then run the same command"
    )

    static func saveDeferred(because cause: AccountsError?) -> AccountsError {
        AccountsError(
            .saveDeferred,
            "The new tokens could not be written to the database. They are saved in the side file.",
            reason: cause?.message,
            suggestion: "tsaccounts token NAME once the database is writable again; this saves the tokens in it"
        )
    }

    static let answeredTooLate = AccountsError(
        .serverUnreachable,
        "The sign-in server answered so late that the new token has almost expired.",
        suggestion: "the same command again"
    )
}

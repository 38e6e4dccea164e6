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

    static let signedOut = AccountsError(
        .loginRequired,
        "The user of this profile is signed out on this machine.",
        suggestion: "tsaccounts login NAME"
    )

    static let revoked = AccountsError(
        .loginRequired,
        "The sign-in was revoked with tsaccounts revoke.",
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
        reason: "The sign-in did not grant the scope offline_access.",
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
        suggestion: "tsaccounts audit NAME && tsaccounts login NAME"
    )

    static let rolledBack = AccountsError(
        .storeRolledBack,
        "The database is an older copy: the newest tokens of this login are not in it.",
        reason: "Sending an older refresh token could end the sign-in, so nothing was sent.",
        suggestion: "restore a newer copy of the database, or sign in again: tsaccounts login NAME"
    )

    static let clientRejected = AccountsError(
        .clientRejected,
        "The sign-in server refuses this API key.",
        reason: "The client id is unknown or disabled, or the secret is wrong.",
        suggestion: "tsaccounts set NAME --secret-file FILE && tsaccounts refresh NAME"
    )

    static let closed = AccountsError(
        .closed,
        "The session manager is closed.",
        suggestion: "create a new SessionManager"
    )

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
            suggestion: "run the same command in \(seconds) seconds"
        )
    }

    static func refusedRepeatedly(_ error: String?) -> AccountsError {
        AccountsError(
            .refusedRepeatedly,
            "The sign-in server has refused several refreshes in a row with the same nonstandard error code.",
            reason: error.map { "The error code is \($0). A new sign-in may help." } ?? "A new sign-in may help.",
            suggestion: "tsaccounts login NAME"
        )
    }

    static func backingOff(seconds: Int64, last: String?) -> AccountsError {
        AccountsError(
            .backingOff,
            "The last refresh failed; the next one is due in \(seconds) seconds.",
            reason: last.map { "The failure was \($0)." },
            suggestion: last == Code.refusedRepeatedly.rawValue
                ? "tsaccounts login NAME" : "run the same command in \(seconds) seconds"
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
            "The new tokens could not be written to the database. They are saved in a file beside it (the side file).",
            reason: cause?.message,
            suggestion: "tsaccounts token NAME   # saves them in the database, once it is writable again"
        )
    }

    static func refreshTokenUnusable(because reason: String) -> AccountsError {
        AccountsError(
            .serverError,
            "The sign-in server replaced the refresh token, but the new one cannot be kept.",
            reason: reason,
            suggestion: "tsaccounts login NAME"
        )
    }

    static let answeredTooLate = AccountsError(
        .serverUnreachable,
        "The sign-in server answered so late that the new token has almost expired.",
        suggestion: "run the same command again"
    )
}

/// An error with a human-readable message and a stable code for programs.
///
/// The message tells what happened, ``reason`` tells why, and ``suggestion`` tells what to do next. No property ever
/// contains a secret.
public struct AccountsError: Error, Hashable, Sendable {
    /// The stable code, for example `login_required`.
    public let code: Code
    /// The name of the profile that the error concerns, if it concerns one.
    public var profile: String?
    /// What happened, in one line.
    public let message: String
    /// Why it happened, in one line; nil if the message already says it.
    public let reason: String?
    /// What to do next: a command to paste, or a sentence.
    public let suggestion: String?

    /// Creates an error.
    public init(
        _ code: Code,
        profile: String? = nil,
        _ message: String,
        reason: String? = nil,
        suggestion: String? = nil
    ) {
        self.code = code
        self.profile = profile
        self.message = message
        self.reason = reason
        self.suggestion = suggestion
    }

    /// Returns the error with the name of a profile, which also replaces the word `NAME` in the suggestion.
    package func about(_ name: ProfileName?) -> AccountsError {
        guard let name, profile == nil else { return self }
        let command = suggestion?.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.hasPrefix("NAME") ? name.text + word.dropFirst(4) : String(word)
        }
        var copy = AccountsError(
            code,
            message,
            reason: reason,
            suggestion: command.map { $0.joined(separator: " ") }
        )
        copy.profile = name.text
        return copy
    }
}

extension AccountsError: CustomStringConvertible {
    /// At most three lines: what happened, why, and what to do next.
    public var description: String {
        var lines = [message]
        if let reason { lines.append(reason) }
        if let suggestion { lines.append("Try: \(suggestion)") }
        return lines.joined(separator: "\n")
    }
}

extension AccountsError {
    /// A stable code for a kind of failure. Scripts may rely on it: codes are added, but never renamed.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The code as it appears in JSON.
        public let rawValue: String
        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The text of the code.
        public var description: String { rawValue }

        /// Input from a user is needed, and no terminal is available to ask for it.
        public static let inputRequired = Code(rawValue: "input_required")
        /// A profile name breaks the rules for names, or a value is malformed.
        public static let badName = Code(rawValue: "bad_name")
        /// Even a new token would not be valid for as long as the caller requires.
        public static let minValidityTooLong = Code(rawValue: "min_validity_too_long")
        /// The arguments of a command or call are invalid.
        public static let usage = Code(rawValue: "usage")
        /// The database is damaged, or is not a tsaccounts store.
        public static let storeCorrupt = Code(rawValue: "store_corrupt")
        /// A row does not match its seal (authenticated encryption) or its keyed checksum.
        public static let recordTampered = Code(rawValue: "record_tampered")
        /// The chain of hashes over the audit rows is broken.
        public static let auditBroken = Code(rawValue: "audit_broken")
        /// No profile has the given name.
        public static let profileNotFound = Code(rawValue: "profile_not_found")
        /// The server could not be reached, or did not answer in time.
        public static let serverUnreachable = Code(rawValue: "server_unreachable")
        /// The server returned an answer that cannot be used.
        public static let serverError = Code(rawValue: "server_error")
        /// The sign-in server refuses again and again with the same error code, which no standard defines.
        public static let refusedRepeatedly = Code(rawValue: "refused_repeatedly")
        /// A request that may change something got no readable answer: the server may have carried it out.
        public static let outcomeUnknown = Code(rawValue: "outcome_unknown")
        /// A defect in this program.
        public static let `internal` = Code(rawValue: "internal")
        /// The profile name is taken.
        public static let profileExists = Code(rawValue: "profile_exists")
        /// A file or directory could not be created.
        public static let cannotCreate = Code(rawValue: "cannot_create")
        /// The disk is full.
        public static let storeFull = Code(rawValue: "store_full")
        /// The store cannot be written.
        public static let storeReadonly = Code(rawValue: "store_readonly")
        /// The database could not be written. The new tokens are in a file beside it (the side file), and the next
        /// command saves them.
        public static let saveDeferred = Code(rawValue: "save_deferred")
        /// The server asked for a pause between requests.
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// A pause after an earlier failure has not ended yet.
        public static let backingOff = Code(rawValue: "backing_off")
        /// Another process held the login's lock for too long.
        public static let lockTimeout = Code(rawValue: "lock_timeout")
        /// Another program held the database for too long.
        public static let storeBusy = Code(rawValue: "store_busy")
        /// None of the callback ports is free.
        public static let callbackPortsBusy = Code(rawValue: "callback_ports_busy")
        /// The user has to sign in (again).
        public static let loginRequired = Code(rawValue: "login_required")
        /// The sign-in was refused.
        public static let loginDenied = Code(rawValue: "login_denied")
        /// The sign-in was not finished in time.
        public static let loginTimedOut = Code(rawValue: "login_timed_out")
        /// The database is an older copy, and the login's current tokens are not in it.
        public static let storeRolledBack = Code(rawValue: "store_rolled_back")
        /// The user who signed in is not the user of the profile.
        public static let wrongUser = Code(rawValue: "wrong_user")
        /// A fence (a limit on what the profile may do) forbids the request.
        public static let fenced = Code(rawValue: "fenced")
        /// The server refuses the API key.
        public static let clientRejected = Code(rawValue: "client_rejected")
        /// A file or directory can be read or changed by other users, or is of the wrong type.
        public static let insecurePermissions = Code(rawValue: "insecure_permissions")
        /// The key file is missing, although the database contains sealed (encrypted) rows.
        public static let keyMissing = Code(rawValue: "key_missing")
        /// The key file does not belong to this database.
        public static let keyMismatch = Code(rawValue: "key_mismatch")
        /// The database comes from a newer version.
        public static let schemaTooNew = Code(rawValue: "schema_too_new")
        /// There is no store in the directory. Adding a profile creates one.
        public static let storeMissing = Code(rawValue: "store_missing")
        /// No directory for the store is configured.
        public static let noStoreDirectory = Code(rawValue: "no_store_directory")
        /// The manager was closed.
        public static let closed = Code(rawValue: "closed")
    }
}

extension AccountsError {
    /// The profile, or the last profile of the login, was removed.
    package static let profileRemoved = AccountsError(
        .profileNotFound,
        "The profile has been removed.",
        suggestion: "tsaccounts list"
    )
}

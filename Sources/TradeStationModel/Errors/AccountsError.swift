/// What went wrong, in words for a person and in one stable word for a program.
///
/// Every message ends in what to do next: ``suggestion`` is a command or a sentence that can be acted on.
/// No field ever holds a secret.
public struct AccountsError: Error, Hashable, Sendable {
    /// The stable word, for example `login_required`.
    public let code: Code
    /// The profile it is about, if it is about one.
    public var profile: String?
    /// What happened, in one line.
    public let message: String
    /// Why, in one line, where that adds something.
    public let reason: String?
    /// What to do next: a command that can be pasted, or a sentence.
    public let suggestion: String?

    /// An error with a stable code and texts for a person.
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

    /// The same error, said of a profile: the word `NAME` in the suggestion becomes its name.
    public func about(_ name: ProfileName?) -> AccountsError {
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
    /// At most three lines: what, why, and what to do next.
    public var description: String {
        var lines = [message]
        if let reason { lines.append(reason) }
        if let suggestion { lines.append("Try: \(suggestion)") }
        return lines.joined(separator: "\n")
    }
}

extension AccountsError {
    /// A stable word for a kind of failure. Scripts match on it; codes are added, never renamed.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The word as it stands in JSON.
        public let rawValue: String
        /// A code by its word.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The word itself.
        public var description: String { rawValue }

        /// Something is needed that nobody can be asked for.
        public static let inputRequired = Code(rawValue: "input_required")
        /// The profile name breaks the rules for names, or a value is malformed.
        public static let badName = Code(rawValue: "bad_name")
        /// No fresh token could be valid for as long as was asked.
        public static let minValidityTooLong = Code(rawValue: "min_validity_too_long")
        /// The command or call makes no sense as given.
        public static let usage = Code(rawValue: "usage")
        /// The database is damaged, or is not a tsaccounts store.
        public static let storeCorrupt = Code(rawValue: "store_corrupt")
        /// A row does not match its seal or its keyed checksum.
        public static let recordTampered = Code(rawValue: "record_tampered")
        /// The audit chain is broken.
        public static let auditBroken = Code(rawValue: "audit_broken")
        /// There is no profile of that name.
        public static let profileNotFound = Code(rawValue: "profile_not_found")
        /// The server could not be reached, or did not answer in time.
        public static let serverUnreachable = Code(rawValue: "server_unreachable")
        /// The server answered with something that is not an answer.
        public static let serverError = Code(rawValue: "server_error")
        /// A request that may change something got no answer that could be read: it may have been carried out.
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
        /// New tokens are safe beside the database and will be saved by the next command.
        public static let saveDeferred = Code(rawValue: "save_deferred")
        /// The server asked for a pause.
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// An earlier failure is being waited out.
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
        /// Somebody else signed in.
        public static let wrongUser = Code(rawValue: "wrong_user")
        /// A fence of the profile forbids the request.
        public static let fenced = Code(rawValue: "fenced")
        /// The server refuses the API key.
        public static let clientRejected = Code(rawValue: "client_rejected")
        /// A file or directory is open to others, or is not what it should be.
        public static let insecurePermissions = Code(rawValue: "insecure_permissions")
        /// The key file is gone although sealed rows exist.
        public static let keyMissing = Code(rawValue: "key_missing")
        /// The key file does not belong to this database.
        public static let keyMismatch = Code(rawValue: "key_mismatch")
        /// The database comes from a newer version.
        public static let schemaTooNew = Code(rawValue: "schema_too_new")
        /// No directory for the store can be derived.
        public static let noStoreDirectory = Code(rawValue: "no_store_directory")
        /// The manager was closed.
        public static let closed = Code(rawValue: "closed")
    }
}

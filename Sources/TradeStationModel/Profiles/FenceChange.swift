/// A change of a profile's fences (limits on what it may do). A nil property keeps the stored value.
public struct FenceChange: Hashable, Sendable {
    /// The accounts that a profile may use.
    public enum Accounts: Hashable, Sendable {
        /// Only these accounts.
        case only([String])
        /// All accounts of the login.
        case any
    }

    /// Whether requests to order endpoints are refused.
    public var isReadOnly: Bool?
    /// The accounts that the profile may use.
    public var accounts: Accounts?

    /// Creates a change.
    public init(isReadOnly: Bool? = nil, accounts: Accounts? = nil) {
        self.isReadOnly = isReadOnly
        self.accounts = accounts
    }

    /// Whether the change keeps every stored value.
    public var isEmpty: Bool { isReadOnly == nil && accounts == nil }
}

extension Profile {
    /// The maximum number of accounts that a profile can be limited to: as many as one request can name (TradeStation's
    /// OpenAPI file).
    package static let mostAccounts = 25

    /// Returns the profile with changed fences.
    ///
    /// - Throws: ``AccountsError`` `usage` for an invalid account id.
    package func fenced(_ change: FenceChange) throws(AccountsError) -> Profile {
        var copy = self
        copy.isReadOnly = change.isReadOnly ?? isReadOnly
        switch change.accounts {
        case .only(let accounts): copy.accounts = try Self.checked(accounts)
        case .any: copy.accounts = nil
        case nil: break
        }
        return copy
    }

    /// Returns the account ids in upper case, as TradeStation spells them, in the given order and without duplicates.
    ///
    /// - Throws: ``AccountsError`` `usage` for an invalid account id, or too few or too many.
    package static func checked(_ accounts: [String]) throws(AccountsError) -> [String] {
        let isPlain = accounts.allSatisfy { id in
            (1...32).contains(id.utf8.count) && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
        guard isPlain, (1...mostAccounts).contains(accounts.count) else {
            throw AccountsError(
                .usage,
                "The allowed accounts must be 1 to \(mostAccounts) account IDs, each with only letters and digits.",
                suggestion: "repeat --account SIM1234567M for each account; "
                    + "without --account, a new profile may use all accounts"
            )
        }
        var seen = Set<String>()
        return accounts.map { $0.uppercased() }.filter { seen.insert($0).inserted }
    }
}

extension FenceChange {
    /// The details of the change, for the audit.
    package var auditDetail: [String: String] {
        var detail: [String: String] = [:]
        var fields: [String] = []
        if let isReadOnly {
            fields.append("read_only")
            detail["read_only"] = isReadOnly ? "on" : "off"
        }
        switch accounts {
        case .only(let accounts):
            fields.append("accounts")
            detail["accounts"] = accounts.joined(separator: " ")
        case .any:
            fields.append("accounts")
            detail["accounts"] = "any"
        case nil: break
        }
        detail["changed"] = fields.joined(separator: " ")
        return detail
    }
}

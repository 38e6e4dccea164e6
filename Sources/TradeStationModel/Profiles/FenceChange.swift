/// What is to become of a profile's fences. What is nil stays.
public struct FenceChange: Hashable, Sendable {
    /// Which accounts a profile is fenced to.
    public enum Accounts: Hashable, Sendable {
        /// These and no others.
        case only([String])
        /// All that the login has.
        case any
    }

    /// Whether order endpoints are fenced off.
    public var isReadOnly: Bool?
    /// The accounts.
    public var accounts: Accounts?

    /// A change.
    public init(isReadOnly: Bool? = nil, accounts: Accounts? = nil) {
        self.isReadOnly = isReadOnly
        self.accounts = accounts
    }

    /// Whether nothing was said.
    public var isEmpty: Bool { isReadOnly == nil && accounts == nil }
}

extension Profile {
    /// One request can name so many accounts (TradeStation's OpenAPI file), and a fence has to fit into one.
    public static let mostAccounts = 25

    /// The same profile with changed fences.
    ///
    /// - Throws: ``AccountsError`` `usage` for something that is no account id.
    public func fenced(_ change: FenceChange) throws(AccountsError) -> Profile {
        var copy = self
        copy.isReadOnly = change.isReadOnly ?? isReadOnly
        switch change.accounts {
        case .only(let accounts): copy.accounts = try Self.checked(accounts)
        case .any: copy.accounts = nil
        case nil: break
        }
        return copy
    }

    /// Account ids that a fence can hold: each once, in the order given, spelled as TradeStation does.
    ///
    /// - Throws: ``AccountsError`` `usage`.
    public static func checked(_ accounts: [String]) throws(AccountsError) -> [String] {
        let isPlain = accounts.allSatisfy { id in
            (1...32).contains(id.utf8.count) && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
        guard isPlain, (1...mostAccounts).contains(accounts.count) else {
            throw AccountsError(
                .usage,
                "A profile is fenced to 1 to \(mostAccounts) accounts, each named by letters and digits.",
                suggestion: "--account SIM1234567M, once for each account, or leave it out to allow all of them"
            )
        }
        var seen = Set<String>()
        return accounts.map { $0.uppercased() }.filter { seen.insert($0).inserted }
    }
}

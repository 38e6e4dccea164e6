import TradeStationSessions

/// The profile that a command is asked to use.
struct ProfileChoice: Sendable {
    /// The variable with the name of the default profile.
    static let variable = "TSACCOUNTS_PROFILE"

    /// The name; nil means the only profile of the store.
    let name: ProfileName?
    /// Whether the name comes from the variable.
    private let isFromVariable: Bool

    /// - Throws: `AccountsError` `bad_name`.
    init(_ argument: String?, environment: [String: String]) throws {
        let variable = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
        isFromVariable = argument == nil && variable != nil
        do {
            name = try (argument ?? variable).map { try ProfileName($0) }
        } catch let error as AccountsError {
            throw isFromVariable ? error.blamingVariable : error
        }
    }

    /// The name of the profile, which may be damaged.
    ///
    /// - Throws: `AccountsError` `profile_not_found` if there is no profile; `input_required` if there are several profiles
    ///   and no name.
    func profileName(in manager: SessionManager) async throws -> ProfileName {
        try await manager.registry.resolve(name)
    }

    /// Reads the profile.
    ///
    /// - Throws: `AccountsError` `profile_not_found`, which names the variable if the name comes from it;
    ///   `input_required` if there are several profiles and no name.
    func record(in manager: SessionManager) async throws -> ProfileRecord {
        try await blamingVariable { try await manager.registry.profile(namedOrOnly: name) }
    }

    /// Runs `body`. If `body` finds no profile with the name, the error says that the name comes from the variable.
    func blamingVariable<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as AccountsError where error.code == .profileNotFound && isFromVariable {
            throw error.blamingVariable
        }
    }
}

extension AccountsError {
    /// The error, with the remark that the name of the profile comes from the variable.
    fileprivate var blamingVariable: AccountsError {
        let remark = "The name comes from the variable \(ProfileChoice.variable)."
        return AccountsError(
            code,
            profile: profile,
            message,
            reason: [remark, reason].compactMap { $0 }.joined(separator: " "),
            suggestion: suggestion == nil ? nil : "unset \(ProfileChoice.variable)"
        )
    }
}

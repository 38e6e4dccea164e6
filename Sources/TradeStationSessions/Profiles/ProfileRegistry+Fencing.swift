public import TradeStationModel

extension ProfileRegistry {
    /// Changes a profile's fences. They hold for the next request of every session on it, in any process.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`, `usage`.
    public func change(_ name: ProfileName, _ change: FenceChange) async throws {
        let record = try await profile(named: name)
        var detail: [String: String] = [:]
        var fields: [String] = []
        if let isReadOnly = change.isReadOnly {
            fields.append("read_only")
            detail["read_only"] = isReadOnly ? "on" : "off"
        }
        switch change.accounts {
        case .only(let accounts):
            fields.append("accounts")
            detail["accounts"] = accounts.joined(separator: " ")
        case .any:
            fields.append("accounts")
            detail["accounts"] = "any"
        case nil: break
        }
        detail["changed"] = fields.joined(separator: " ")
        let entry = AuditEntry(
            .profileChanged,
            profileName: record.profile.name.text,
            loginID: record.login.id,
            detail: detail
        )
        do {
            try await store.change(record.profile.id, change, audit: [entry])
        } catch let error as AccountsError {
            throw error.about(record.profile.name)
        }
    }
}

import TradeStationModel

extension Login {
    /// The audit row that names an attempt whose process has died, for whoever has the lock and goes on; nil when there
    /// is none.
    func danglingAttemptEntry(for profile: ProfileName) -> AuditEntry? {
        guard let attempt else { return nil }
        var entry = AuditEntry(.outcomeUnknown, profileName: profile.text, loginID: id)
        entry.attemptID = attempt.id
        entry.generationBefore = generation
        entry.outcome = AuditOutcome.processDied
        return entry
    }
}

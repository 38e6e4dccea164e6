import TradeStationModel
import TradeStationStore

extension SessionStage {
    /// The attempt of the process that ``crash(during:leaving:)`` stands for.
    static let crashedAttempt = Attempt(id: LoginFixture.attemptID, startedAt: Timestamp(milliseconds: 0))

    /// Leaves what a process leaves that dies during a refresh.
    ///
    /// - Parameter staged: The answer in the side file; nil if the process received none.
    func crash(during login: Login.ID, leaving staged: StagedTokens? = nil) async throws {
        try await withStore(requester: "victim") { store in
            var entry = AuditEntry(.refreshStarted, profileName: "paper", loginID: login)
            entry.attemptID = Self.crashedAttempt.id
            try await store.begin(Self.crashedAttempt, of: login, audit: [entry])
            if let staged { try await store.stage(staged, for: login) }
        }
    }
}

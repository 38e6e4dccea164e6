extension SessionManager {
    /// Lets time pass before something is sent again or looked at.
    ///
    /// - Throws: ``AccountsError`` `closed` as soon as the manager is; `CancellationError`.
    nonisolated func pause(milliseconds: Int64) async throws {
        try await work.run { [clock] in try await clock.sleep(milliseconds: milliseconds) }
    }
}

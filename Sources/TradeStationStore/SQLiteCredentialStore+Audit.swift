package import TradeStationModel

extension SQLiteCredentialStore {
    /// Adds audit rows that belong to no other write, durably.
    package func record(_ audit: [AuditEntry]) throws {
        try write(.power) { try $0.audit.append(audit) }
    }

    /// Audit rows, oldest first.
    package func auditRecords(_ query: AuditQuery) throws -> [AuditRecord] {
        try read { try $0.audit.fetch(query) }
    }

    /// Checks every row of the audit: order, hashes, keyed hashes, and that the guards are in place.
    ///
    /// A tail that was cut off cannot be seen from inside the database.
    package func verifyAudit() throws -> AuditVerification {
        try read { try AuditVerifier(transaction: $0, migrator: migrator).verify() }
    }
}

import TradeStationModel

/// Keeps the evidence that the whole database is an older copy. The change counters show it, but only until they are
/// published the next time.
struct RollbackWriter {
    let transaction: StoreTransaction

    /// Marks the logins for which the counters show audit rows that the database does not have. It is cheap enough for every
    /// write.
    ///
    /// The counter of a login is advanced only by synced commits, and by commits that make the login unusable. A power
    /// cut removes only commits that are not synced. So it does not cause a login that works to be marked.
    func mark(shownBy counters: any ChangeCounters) throws {
        counters.watch()
        let last = try AuditEnd(of: transaction.database).sequence
        guard let head = counters.head, head > last else { return }
        for login in try transaction.logins.unmarked() {
            let stamp = counters.stamp(of: login)
            guard stamp.isNewer(thanSequence: last) else { continue }
            try transaction.logins.markRolledBack(login)
            let profile = try transaction.profiles.anyName(on: login)
            var row = AuditEntry(.rolledBack, profileName: profile?.text, loginID: login)
            row.outcome = AccountsError.Code.storeRolledBack.rawValue
            row.detail = ["last_seq": String(last), "shown_seq": String(stamp.rawValue)]
            try transaction.audit.append([row])
        }
    }
}

extension ChangeStamp {
    /// Whether the counter shows an audit row after `last`. A counter that is much larger was not written by a store.
    func isNewer(thanSequence last: Int64) -> Bool {
        self != .unknown && rawValue > last && rawValue - last < 10_000_000
    }
}

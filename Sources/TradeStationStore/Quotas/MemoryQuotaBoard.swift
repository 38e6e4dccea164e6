import Synchronization
import TradeStationModel

/// The quotas of a store in memory, and of a store on disk whose file cannot be used.
final class MemoryQuotaBoard: QuotaBoard {
    private let rows = Mutex<[QuotaKey: QuotaRow]>([:])

    func update<Result: Sendable>(_ key: QuotaKey, _ change: (inout QuotaRow?) -> Result) -> Result {
        rows.withLock { rows in
            let result = change(&rows[key])
            if rows.count > QuotaProbe.slots, let oldest = rows.min(by: { $0.value.answeredAt < $1.value.answeredAt }) {
                rows[oldest.key] = nil
            }
            return result
        }
    }

    func rows(of login: Login.ID) -> [QuotaRow] {
        rows.withLock { $0.values.filter { $0.login == login } }
    }

    /// Removes a row, and returns it.
    func take(_ key: QuotaKey) -> QuotaRow? {
        rows.withLock { $0.isEmpty ? nil : $0.removeValue(forKey: key) }
    }

    /// Does nothing: other stores share the rows.
    func close() {}
}

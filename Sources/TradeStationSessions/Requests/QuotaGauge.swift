import Synchronization

/// The quota that a session's answers last spoke of.
final class QuotaGauge: Sendable {
    private let quota = Mutex<APIQuota?>(nil)

    var last: APIQuota? { quota.withLock { $0 } }

    /// An answer that says nothing changes nothing.
    func note(_ new: APIQuota?) {
        if let new { quota.withLock { $0 = new } }
    }
}

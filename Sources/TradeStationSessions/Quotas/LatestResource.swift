import Synchronization

/// The resource whose quota an answer to a session reported last.
final class LatestResource: Sendable {
    private let resource = Mutex<String?>(nil)

    var value: String? { resource.withLock { $0 } }

    /// Replaces the resource. If the answer reported no quota (nil), the old one stays.
    func record(_ new: String?) {
        if let new { resource.withLock { $0 = new } }
    }
}

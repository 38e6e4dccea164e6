import Synchronization

/// The profiles of a listener of the proxy, which can change while it listens.
final class ProxyProfiles: Sendable {
    private let entries: Mutex<[ProxyResponder.Entry]>

    init(_ entries: [ProxyResponder.Entry] = []) {
        self.entries = Mutex(entries)
    }

    var all: [ProxyResponder.Entry] { entries.withLock { $0 } }

    /// Replaces the profiles. Requests that were admitted before are completed.
    func replace(with new: [ProxyResponder.Entry]) { entries.withLock { $0 = new } }
}

/// What happens to the logins of a store, from the moment ``SessionManager/events`` was asked for: what this manager does,
/// and what other managers, processes and commands do.
///
/// ```swift
/// for await event in manager.events {
///     if case .needsLogin = event.kind { print("sign in again:", event.profiles) }
/// }
/// ```
///
/// Any number of tasks may listen, each at its own pace: every iteration reads the audit from its own place on, so that
/// nothing is lost to a slow listener and nothing piles up for it. What this manager does is told at once, what others do
/// within a quarter of a second. It ends with ``SessionManager/close()`` and with the task's cancellation; a store that
/// cannot be read is waited for.
public struct SessionEvents: AsyncSequence, Sendable {
    /// What is told.
    public typealias Element = SessionEvent
    /// Listening never fails.
    public typealias Failure = Never

    let manager: SessionManager
    /// The last audit row at the time; nil where there was no board to tell.
    let start: Int64?

    /// Begins at the moment the sequence was asked for.
    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: EventFeed(manager: manager, after: start))
    }

    /// One listener.
    public struct Iterator: AsyncIteratorProtocol {
        /// Listening never fails.
        public typealias Failure = Never

        var feed: EventFeed

        /// Waits for what happens next; nil when nothing will be told any more.
        public mutating func next() async -> SessionEvent? { await feed.next() }
    }
}

extension SessionManager {
    /// What happens from now on to the logins of the store, whoever does it.
    public nonisolated var events: SessionEvents {
        store.changes.watch()
        return SessionEvents(manager: self, start: store.changes.head)
    }
}

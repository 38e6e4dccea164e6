/// The events of all logins of a store that happen after ``SessionManager/events`` was read.
///
/// They come from this manager and from other managers, processes and commands.
///
/// ```swift
/// for await event in manager.events {
///     if case .needsLogin = event.kind { print("sign in again:", event.profiles) }
/// }
/// ```
///
/// Any number of tasks may listen, each at its own pace. Every iterator reads the audit from its own position, so a
/// slow listener misses nothing and needs no buffer. Events of this manager arrive at once, those of others within a
/// quarter of a second. The sequence ends with ``SessionManager/close()`` and when the task is cancelled. While the
/// store cannot be read, the sequence waits.
public struct SessionEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = SessionEvent
    /// Listening never fails.
    public typealias Failure = Never

    let services: SessionServices
    /// The number of the last audit row when these events were requested; nil if the change counters could not be read.
    let start: Int64?

    /// Makes an iterator that starts with the first event after ``SessionManager/events`` was read.
    public func makeAsyncIterator() -> Iterator {
        Iterator(feed: EventFeed(services: services, after: start))
    }

    /// The iterator of one listener.
    public struct Iterator: AsyncIteratorProtocol {
        /// Listening never fails.
        public typealias Failure = Never

        var feed: EventFeed

        /// Waits for the next event; nil when the sequence has ended.
        public mutating func next() async -> SessionEvent? { await feed.next() }

        /// The number of the audit row of the last event, from which ``SessionManager/events(after:)`` goes on.
        package var lastSequence: Int64? { feed.lastSequence }
    }
}

extension SessionManager {
    /// What happens to the logins of the store from now on, in all processes.
    public nonisolated var events: SessionEvents {
        services.counters.watch()
        return SessionEvents(services: services, start: services.counters.head)
    }

    /// The events after an audit row.
    package nonisolated func events(after sequence: Int64) -> SessionEvents {
        services.counters.watch()
        return SessionEvents(services: services, start: sequence)
    }

    /// The number of the last audit row, which every change of a profile by any process moves; nil while it is not
    /// known. Reads memory only.
    package nonisolated var lastChange: Int64? {
        services.counters.watch()
        return services.counters.head
    }
}

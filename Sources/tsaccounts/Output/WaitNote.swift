import Foundation
import Synchronization
import TradeStationSessions

/// Tells on standard error what a command waits for, once a wait has lasted a second: on a terminal in one line that
/// counts the seconds, elsewhere in one line for each wait.
///
/// It writes from a thread of its own: a terminal that the user has stopped with Ctrl-S must not keep tokens from being
/// saved.
final class WaitNote: Sendable {
    private struct Entry {
        let wait: RefreshWait
        let since: ContinuousClock.Instant
        var isAnnounced = false
    }

    private struct State {
        var entries: [ProfileName: Entry] = [:]
        var hasThread = false

        /// The waits that have lasted long enough, sorted by profile.
        func longWaits(at now: ContinuousClock.Instant) -> [Entry] {
            entries.values.filter { $0.since.duration(to: now) >= WaitNote.patience }
                .sorted { $0.wait.profile.text < $1.wait.profile.text }
        }
    }

    /// How long a wait lasts before it is mentioned.
    private static let patience = Duration.seconds(1)
    /// The time between two updates of the note, in seconds.
    private static let tick = 0.25

    private let isTerminal = Console.isTerminal(STDERR_FILENO)
    private let state = Mutex(State())

    /// Records what a profile waits for now. Does not block.
    func change(to wait: RefreshWait) {
        let startsThread = state.withLock { state in
            state.entries[wait.profile] = wait.cause.map { _ in Entry(wait: wait, since: .now) }
            defer { state.hasThread = state.hasThread || !state.entries.isEmpty }
            return !state.hasThread && !state.entries.isEmpty
        }
        guard startsThread else { return }
        Thread.detachNewThread { [self] in
            while isWaiting() {
                Thread.sleep(forTimeInterval: Self.tick)
                show()
            }
        }
    }

    /// Whether there is still something to wait for.
    private func isWaiting() -> Bool {
        state.withLock { state in
            state.hasThread = !state.entries.isEmpty
            return state.hasThread
        }
    }

    private func show() {
        guard !isTerminal else { return Console.rewriteLine(line) }
        let lines = state.withLock { state in
            let news = state.longWaits(at: .now).filter { !$0.isAnnounced }.map(\.wait)
            for wait in news { state.entries[wait.profile]?.isAnnounced = true }
            return news.map { Self.text($0, after: .zero, counts: false) }
        }
        lines.forEach(Console.standardError)
    }

    /// The line for a terminal; nil when no wait has lasted long enough.
    private func line() -> String? {
        let now = ContinuousClock.now
        let long = state.withLock { $0.longWaits(at: now) }
        return long.first.map { first in
            Self.text(first.wait, after: first.since.duration(to: now), counts: true)
                + (long.count > 1 ? " (and \(long.count - 1) more)" : "")
        }
    }

    /// What a profile waits for.
    ///
    /// - Parameters:
    ///   - elapsed: How long it has waited.
    ///   - counts: Whether the text gives the time waited so far. A wait of known length shows the time left instead.
    static func text(_ wait: RefreshWait, after elapsed: Duration, counts: Bool) -> String {
        let passed = elapsed.components.seconds
        let left = wait.milliseconds.map { max(1, ($0 - passed * 1000 + 999) / 1000) }
        let subject =
            switch wait.cause {
            case .store, nil: "waiting for the database"
            case .lock: "waiting for another process that is refreshing this login"
            case .pause: "waiting until the sign-in server may be asked again"
            case .nameLookUp: "looking up the name of the sign-in server"
            case .answer: "waiting for the answer of the sign-in server"
            case .saving: "saving the new tokens"
            }
        if let left { return "\(wait.profile): \(subject), \(left) s" }
        return "\(wait.profile): \(subject)" + (counts ? ", \(passed) s so far" : "")
    }
}

import Synchronization
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells on standard error what a command waits for, once a wait has lasted a second: on a terminal in one line that
/// counts, elsewhere once for each wait.
final class WaitNote: Sendable {
    private struct Entry {
        let wait: RefreshWait
        let since: ContinuousClock.Instant
        var isAnnounced = false
    }

    private struct State {
        var entries: [ProfileName: Entry] = [:]
        var ticker: Task<Void, Never>?
        var isLineShown = false
    }

    /// How long a wait lasts before it is mentioned.
    private static let patience = Duration.seconds(1)
    private static let tick = Duration.milliseconds(250)

    private let isTerminal = Console.isTerminal(STDERR_FILENO)
    private let state = Mutex(State())

    /// Records what a profile waits for now.
    func change(to wait: RefreshWait) {
        state.withLock { state in
            if state.isLineShown {
                Console.rewriteLine("")
                state.isLineShown = false
            }
            state.entries[wait.profile] = wait.cause.map { _ in Entry(wait: wait, since: .now) }
            if state.entries.isEmpty {
                state.ticker?.cancel()
                state.ticker = nil
            } else if state.ticker == nil {
                state.ticker = Task { [weak self] in
                    while (try? await Task.sleep(for: Self.tick)) != nil, let self { self.show() }
                }
            }
        }
    }

    private func show() {
        state.withLock { state in
            let now = ContinuousClock.now
            let long = state.entries.values.filter { $0.since.duration(to: now) >= Self.patience }
                .sorted { $0.wait.profile.text < $1.wait.profile.text }
            guard let first = long.first else { return }
            if isTerminal {
                let others = long.count > 1 ? " (and \(long.count - 1) more)" : ""
                Console.rewriteLine(Self.text(first.wait, after: first.since.duration(to: now), counts: true) + others)
                state.isLineShown = true
                return
            }
            for entry in long where !entry.isAnnounced {
                Console.standardError(Self.text(entry.wait, after: .zero, counts: false))
                state.entries[entry.wait.profile]?.isAnnounced = true
            }
        }
    }

    /// What a profile waits for.
    ///
    /// - Parameters:
    ///   - elapsed: How long it has waited.
    ///   - counts: Whether the text tells how long it has waited, if it does not tell how long it still waits.
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

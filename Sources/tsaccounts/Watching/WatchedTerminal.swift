import TradeStationBroker
import TradeStationSessions

/// `watch` in a terminal: reads the store when it has changed, takes keys, and draws once a second.
struct WatchedTerminal {
    let manager: SessionManager
    let screen: FullScreen
    let shared: SharedOptions

    private enum Input: Sendable {
        case key(WatchKey)
        case snapshot(StoreSnapshot)
        case failure(AccountsError)
        case finished(ProfileName, String)
        /// Only the time, or the size of the terminal, has changed.
        case draw
        case terminalGone
    }

    /// Runs until `q` is pressed.
    ///
    /// - Throws: `CancellationError`.
    func run(_ names: [ProfileName]) async throws {
        let (inputs, input) = AsyncStream.makeStream(of: Input.self)
        try await screen.run(redraw: { input.yield(.draw) }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await read(into: input) }
                group.addTask {
                    await screen.forEachKey { bytes in
                        if bytes.isEmpty { input.yield(.terminalGone) }
                        for key in WatchKey.keys(in: bytes) { input.yield(.key(key)) }
                    }
                }
                group.addTask { await screen.forEachResize { input.yield(.draw) } }
                defer { group.cancelAll() }
                var state = WatchState(names: names)
                for await next in inputs {
                    switch next {
                    case .key(let key):
                        switch state.press(key, now: shared.display.time.now) {
                        case .quit: return
                        case .refresh(let name): group.addTask { input.yield(.finished(name, await refresh(name))) }
                        case nil: break
                        }
                    case .snapshot(let snapshot): state.take(snapshot)
                    case .failure(let error): state.fail(ServeText.line(error))
                    case .finished(let name, let text): state.finish(name, text)
                    case .draw: break
                    case .terminalGone: return
                    }
                    await screen.show(WatchScreen(state: state, display: display, size: screen.size).lines)
                }
                try Task.checkCancellation()
            }
        }
    }

    private var display: Display {
        let display = shared.display
        return Display(time: display.time, columns: screen.size.columns, hasColor: display.hasColor)
    }

    /// Reads the store whenever it may have changed. Looks at the audit once a second, and at once after an event.
    private func read(into input: AsyncStream<Input>.Continuation) async throws {
        let clock = SystemClock()
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let events = manager.events
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in events { wake.yield() }
            }
            group.addTask {
                while true {
                    try await clock.sleep(milliseconds: StorePulse.intervalMilliseconds)
                    wake.yield()
                }
            }
            defer { group.cancelAll() }
            var pulse = StorePulse(now: clock.bootMilliseconds())
            wake.yield()
            for await _ in wakes {
                let beat = pulse.beat(newest: await manager.newestAuditRow, now: clock.bootMilliseconds())
                do {
                    input.yield(beat == .changed ? .snapshot(try await manager.snapshot(hours: 1)) : .draw)
                } catch let error as AccountsError {
                    input.yield(.failure(error))
                }
            }
        }
    }

    /// Refreshes a profile, and says how that ended.
    private func refresh(_ name: ProfileName) async -> String {
        do {
            let report = try await manager.refresh(try await manager.registry.profile(named: name))
            return "\(name): new tokens until \(shared.display.time.pointAndDistance(report.expiresAt))."
        } catch let error as AccountsError {
            return "\(name): \(ServeText.line(error))"
        } catch {
            return "\(name): stopped."
        }
    }
}

import TradeStationSessions

/// Runs the hooks of `serve`.
struct HookRunner: Sendable {
    let hooks: [Hook]
    let environment: HookEnvironment
    /// How long a command may run, in milliseconds.
    let timeout: Int64
    /// Prints a note.
    let say: @Sendable (String) -> Void

    private enum Signal: Sendable {
        case event(SessionEvent)
        case ended(Login.ID)
    }

    /// Runs the commands for each event until the task is cancelled. Then waits for the commands that run, at most until
    /// their time has passed, and starts no more.
    func run(_ events: SessionEvents) async {
        guard !hooks.isEmpty else { return }
        let (signals, signal) = AsyncStream.makeStream(of: Signal.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in events { signal.yield(.event(event)) }
                signal.finish()
            }
            var queue = HookQueue()
            for await received in signals {
                switch received {
                case .event(let event):
                    for call in HookCall.calls(for: event, of: hooks, environment) where !queue.add(call) {
                        say("\(call.title): not run, because too many commands wait.")
                    }
                case .ended(let login): queue.finish(login)
                }
                while !Task.isCancelled, let call = queue.next() {
                    group.addTask {
                        await run(call)
                        signal.yield(.ended(call.login))
                    }
                }
            }
            if queue.waitingCount > 0 { say("Hooks that are not run any more: \(queue.waitingCount).") }
        }
    }

    private func run(_ call: HookCall) async {
        let problem = try? await OwnThread.run { [timeout, say] _ in
            do throws(ProcessLaunch.Failure) {
                return try HookProcess(call, deadline: HookDeadline(timeout: timeout)).run {
                    say("\(call.title): \($0)")
                }
            } catch {
                return "cannot be started: error \(error.number)"
            }
        }
        if let problem = problem ?? nil { say("\(call.title): \(problem).") }
    }
}

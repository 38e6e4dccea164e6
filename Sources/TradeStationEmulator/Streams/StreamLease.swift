/// Keeps a stream among the open ones; with the last reference to the lease it is gone, whatever became of the
/// response that it belonged to.
final class StreamLease: Sendable {
    let id: Int
    /// Rings when there is something to write; ends with the stream.
    let bell: AsyncStream<Void>
    private let core: EmulatorCore

    init(_ plan: StreamPlan, core: EmulatorCore) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.core = core
        bell = stream
        id = core.withState { state, now in
            defer { state.watchers.ring() }
            return state.streams.open(plan, bell: continuation, state.server.settings, at: now)
        }
    }

    deinit {
        close()
    }

    /// Ends the stream; safe to call again.
    func close() {
        core.withState { state in
            state.streams.close(id)
            state.watchers.ring()
        }
    }

    /// What waits to be written; nil when the stream has ended.
    func takeOutbox() -> [StreamPiece]? {
        core.withState { $0.streams.takeOutbox(of: id) }
    }

    /// Lets time pass for the stream, and says in how many seconds to come again.
    func pass() -> Double {
        core.withState { state, now in
            state.passTime(to: now, StreamSelection(id: id))
            return state.streams.idleSeconds(of: id, state.server.settings, at: now)
        }
    }
}

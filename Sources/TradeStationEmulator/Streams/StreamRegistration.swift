/// The registration of an open stream. The stream is removed when the last reference to this object is released, even
/// if its response was never sent.
final class StreamRegistration: Sendable {
    let id: Int
    /// A sequence with an element for each time that output becomes pending. It ends when the stream is removed.
    let wakeUps: AsyncStream<Void>
    private let core: EmulatorCore

    init(_ plan: StreamPlan, core: EmulatorCore) {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.core = core
        wakeUps = stream
        id = core.withState { state, now in
            defer { state.observers.notify() }
            return state.streams.open(plan, wakeUp: continuation, state.server.settings, at: now)
        }
    }

    deinit {
        close()
    }

    /// Removes the stream. Calling this twice is safe.
    func close() {
        core.withState { state in
            state.streams.close(id)
            state.observers.notify()
        }
    }

    /// Removes and returns the pending output; nil if the stream is no longer open.
    func takeOutbox() -> [StreamPiece]? {
        core.withState { $0.streams.takeOutbox(of: id) }
    }

    /// Lets the stream send the objects and heartbeats that are due.
    ///
    /// - Returns: The seconds until the next object or heartbeat is due, at the earliest.
    func passTime() -> Double {
        core.withState { state, now in
            state.passTime(to: now, StreamSelection(id: id))
            return state.streams.secondsUntilDue(of: id, state.server.settings, at: now)
        }
    }
}

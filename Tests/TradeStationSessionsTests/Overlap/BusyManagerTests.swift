import Dispatch
import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite(.stage(), .timeLimit(.minutes(20))) struct BusyManagerTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a fresh token is served while the manager is busy`() async throws {
        let session = try await manager.session(named: "paper")
        let (began, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let busy = Task(executorPreference: OwnThread()) { await manager.work(began, until: released) }
        await Task(executorPreference: OwnThread()) { await Self.wait(for: began) }.value
        #expect(try await session.accessToken().generation == 1)
        released.signal()
        await busy.value
    }

    private static func wait(for semaphore: DispatchSemaphore) async {
        func wait() { semaphore.wait() }
        wait()
    }
}

extension SessionManager {
    /// Blocks the actor.
    fileprivate func work(_ began: DispatchSemaphore, until released: DispatchSemaphore) {
        began.signal()
        released.wait()
    }
}

/// A thread that may be blocked: the cooperative pool may have only one thread.
private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "own thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

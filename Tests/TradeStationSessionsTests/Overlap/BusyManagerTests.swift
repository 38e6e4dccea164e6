import Dispatch
import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite(.timeLimit(.minutes(10))) struct BusyManagerTests {
    @Test func `a fresh token is handed out while the manager does something else`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                let (began, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
                let busy = Task(executorPreference: OwnThread()) { await manager.work(began, until: released) }
                await Task(executorPreference: OwnThread()) { await Self.wait(for: began) }.value
                #expect(try await session.accessToken().generation == 1)
                released.signal()
                await busy.value
            }
        }
    }

    private static func wait(for semaphore: DispatchSemaphore) async {
        func wait() { semaphore.wait() }
        wait()
    }
}

extension SessionManager {
    /// Takes its time, and lets nobody else in.
    fileprivate func work(_ began: DispatchSemaphore, until released: DispatchSemaphore) {
        began.signal()
        released.wait()
    }
}

/// A thread that may be blocked: the cooperative pool may have only one.
private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "own thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

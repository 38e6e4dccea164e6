import Synchronization
import Testing

@testable import TradeStationOAuth

@Suite struct TaskRegisterTests {
    @Test func `closing cancels running tasks and prevents new ones`() async throws {
        let register = TaskRegister()
        let (never, held) = AsyncStream.makeStream(of: Void.self)
        let task = try #require(
            register.start {
                for await _ in never {}
                return Task.isCancelled
            }
        )
        #expect(!register.isClosed)
        register.close()
        #expect(try await task.value)
        #expect(register.isClosed)
        #expect(register.start {} == nil)
        held.finish()
    }

    @Test func `waiting includes tasks that ignore cancellation`() async throws {
        let register = TaskRegister()
        let (gate, opened) = AsyncStream.makeStream(of: Void.self)
        let hasEnded = Atomic(false)
        let deaf = register.start {
            await Task { for await _ in gate {} }.value
            hasEnded.store(true, ordering: .sequentiallyConsistent)
        }
        register.close()
        async let sawEnd = {
            await register.waitForTasks()
            return hasEnded.load(ordering: .sequentiallyConsistent)
        }()
        opened.finish()
        #expect(await sawEnd)
        #expect(deaf != nil)
    }

    @Test func `a finished task is removed`() async throws {
        final class Load: Sendable {}
        let register = TaskRegister()
        weak var load: Load?
        func begin() -> Task<Void, any Error>? {
            let heavy = Load()
            load = heavy
            return register.start { withExtendedLifetime(heavy) {} }
        }
        try await begin()?.value
        #expect(load == nil)
    }
}

import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite(.serialized) struct LoginLockTests {
    private let login = Login.ID(rawValue: 1)

    @Test func `a lock excludes other stores until it is given back, once`() async throws {
        let sample = try Sample()
        let (first, second) = (try await sample.open(), try await sample.open())
        let lock = try await first.lock(login, timeoutMilliseconds: 1000)
        let waiting = Task { [login] in try await second.lock(login, timeoutMilliseconds: 1000) }
        await sample.clock.someoneSleeps()
        #expect(try FileLock.attempt(path(sample)) == nil)
        lock.unlock()
        lock.unlock()
        let taken = try await waiting.value
        #expect(try FileLock.attempt(path(sample)) == nil)
        taken.unlock()
        #expect(try FileLock.attempt(path(sample)) != nil)
        #expect(FileManager.default.fileExists(atPath: path(sample)))
        await first.close()
        await second.close()
    }

    @Test func `who waits too long is told who has the lock, and the lock is not lost`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let lock = try await store.lock(login, timeoutMilliseconds: 0)
        let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
        await sample.clock.someoneSleeps()
        sample.clock.advance(milliseconds: 29_999)
        sample.clock.advance(milliseconds: 1)
        let error = try await #require(throws: AccountsError.self) { _ = try await waiting.value }
        #expect(error.code == .lockTimeout)
        #expect(error.message == "Process 4711 has been refreshing this sign-in for more than 30000 ms.")
        // The thread that was left behind gets the lock now, and gives it straight back.
        lock.unlock()
        let next = try await store.lock(login, timeoutMilliseconds: 1000)
        next.unlock()
        await store.close()
    }

    @Test(arguments: [0, -1, Int64.min]) func `who has no time to wait tries once`(milliseconds: Int64) async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let lock = try await store.lock(login, timeoutMilliseconds: milliseconds)
        // The clock stands still: whoever slept here would never wake.
        let error = try await #require(throws: AccountsError.self) {
            _ = try await store.lock(login, timeoutMilliseconds: milliseconds)
        }
        #expect(error.code == .lockTimeout)
        #expect(error.message == "Process 4711 has been refreshing this sign-in for more than 0 ms.")
        lock.unlock()
        try await store.lock(login, timeoutMilliseconds: milliseconds).unlock()
        await store.close()
    }

    @Test func `who is cancelled leaves at once, and the lock is not lost`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let lock = try await store.lock(login, timeoutMilliseconds: 0)
        let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
        await sample.clock.someoneSleeps()
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        lock.unlock()
        let next = try await store.lock(login, timeoutMilliseconds: 1000)
        next.unlock()
        await store.close()
    }

    @Test func `a waiting lock does not block reading`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        let lock = try await store.lock(id, timeoutMilliseconds: 0)
        let waiting = Task { try await store.lock(id, timeoutMilliseconds: 30_000) }
        await sample.clock.someoneSleeps()
        #expect(try await store.login(id)?.tokens == sample.tokens("a"))
        lock.unlock()
        try await waiting.value.unlock()
        await store.close()
    }

    @Test func `many waiters for many logins wait beside each other`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let held = try await (1...40).asyncMap { number in
            try await store.lock(Login.ID(rawValue: number), timeoutMilliseconds: 0)
        }
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in Int64(1)...40 {
                group.addTask {
                    let lock = try await store.lock(Login.ID(rawValue: number), timeoutMilliseconds: 30_000)
                    lock.unlock()
                    return number
                }
            }
            // Given back last to first: each waiter is served as its own lock comes.
            for lock in held.reversed() { lock.unlock() }
            var served: Set<Int64> = []
            for try await number in group { served.insert(number) }
            #expect(served == Set(1...40))
        }
        await store.close()
    }

    @Test func `a lock file that was deleted meanwhile locks nobody out, so another is taken`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let old = try await store.lock(login, timeoutMilliseconds: 0)
        let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
        await sample.clock.someoneSleeps()
        try FileManager.default.removeItem(atPath: path(sample))
        old.unlock()
        let lock = try await waiting.value
        #expect(FileManager.default.fileExists(atPath: path(sample)))
        #expect(try FileLock.attempt(path(sample)) == nil)
        lock.unlock()
        await store.close()
    }

    @Test func `the kernel frees the lock of a process that dies`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        try await store.lock(login, timeoutMilliseconds: 0).unlock()
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "python3", "-c",
            "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.flock(f,2); sys.stdout.write('h'); sys.stdout.flush(); sys.stdin.read()",
            path(sample),
        ]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.availableData == Data("h".utf8))
        let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
        await sample.clock.someoneSleeps()
        kill(holder.processIdentifier, SIGKILL)
        try await waiting.value.unlock()
        holder.waitUntilExit()
        await store.close()
    }

    private func path(_ sample: Sample) -> String { sample.directory + "/locks/login-1.lock" }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

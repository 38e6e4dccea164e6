import Foundation
import Testing
import TradeStationModel
import TradeStationTesting

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct LoginLockTests {
    private let login = Login.ID(rawValue: 1)

    @Test func `a lock on a deleted lock file is not used, and a new file is locked`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let old = try await store.lock(login, timeoutMilliseconds: 0)
        let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
        try await sample.clock.waitForSleeper()
        try FileManager.default.removeItem(atPath: path(sample))
        old.unlock()
        let lock = try await waiting.value
        #expect(FileManager.default.fileExists(atPath: path(sample)))
        #expect(try LockFile(path: path(sample)).attempt() == nil)
        lock.unlock()
        await store.close()
    }

    @Test func `the kernel releases the lock of a killed process`() async throws {
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
        try await sample.clock.waitForSleeper()
        kill(holder.processIdentifier, SIGKILL)
        try await waiting.value.unlock()
        holder.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: path(sample)))
        await store.close()
    }

    private func path(_ sample: Sample) -> String { sample.directory + "/locks/login-1.lock" }
}

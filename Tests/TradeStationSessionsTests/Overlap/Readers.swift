import Foundation
import Synchronization

@testable import TradeStationSessions

/// Threads that read a session over and over, so that whatever happens meanwhile overlaps with reading. They begin
/// together.
///
/// Their notes are relaxed atomics: a lock here would put in order what the thread sanitizer has to find out of order.
final class Readers: Sendable {
    private final class Reader: Sendable {
        let laps = Atomic<Int>(0)
        let setbacks = Atomic<Int>(0)
        let newest = Atomic<Int>(0)
    }

    private let readers: [Reader]
    private let missing: Atomic<Int>
    private let running: Atomic<Int>
    private let isOver = Atomic<Bool>(false)

    private init(_ count: Int) {
        readers = (0..<count).map { _ in Reader() }
        missing = Atomic(count)
        running = Atomic(count)
    }

    /// Runs `body` while two threads read.
    static func during<Value>(_ session: Session, _ body: (Readers) async throws -> Value) async rethrows -> Value {
        let readers = Readers(2)
        for reader in readers.readers {
            Thread.detachNewThread { readers.read(session, for: reader) }
        }
        do {
            await readers.pass()
            let value = try await body(readers)
            await readers.end()
            return value
        } catch {
            await readers.end()
            throw error
        }
    }

    /// How often a reader was handed an older token than before.
    var setbackCount: Int { readers.map { $0.setbacks.load(ordering: .relaxed) }.reduce(0, +) }

    /// The newest generation that all of them have seen.
    var generation: Int { readers.map { $0.newest.load(ordering: .relaxed) }.min() ?? 0 }

    /// Returns when each of them has read so often again.
    func pass(laps: Int = 100) async {
        for reader in readers {
            let goal = reader.laps.load(ordering: .relaxed) + laps
            while reader.laps.load(ordering: .relaxed) < goal { await Task.yield() }
        }
    }

    private func end() async {
        isOver.store(true, ordering: .relaxed)
        while running.load(ordering: .relaxed) > 0 { await Task.yield() }
    }

    private func read(_ session: Session, for reader: Reader) {
        missing.subtract(1, ordering: .relaxed)
        while missing.load(ordering: .relaxed) > 0 {}
        var newest = 0
        while !isOver.load(ordering: .relaxed) {
            if let generation = session.currentAccessToken()?.generation {
                if generation < newest { reader.setbacks.add(1, ordering: .relaxed) }
                newest = generation
                reader.newest.store(newest, ordering: .relaxed)
            }
            _ = session.quota
            reader.laps.add(1, ordering: .relaxed)
        }
        running.subtract(1, ordering: .relaxed)
    }
}

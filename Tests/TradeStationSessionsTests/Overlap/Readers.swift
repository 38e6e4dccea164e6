import Foundation
import Synchronization

@testable import TradeStationSessions

/// Threads that read a session over and over, so that everything else overlaps with reading. They begin together.
///
/// What they count is in relaxed atomics: a lock would order accesses that the thread sanitizer has to find unordered.
/// Only a reader that reaches the goal of ``pass(laps:)`` tells so through a stream, which locks.
final class Readers: Sendable {
    private final class Reader: Sendable {
        let laps = Atomic<Int>(0)
        let setbacks = Atomic<Int>(0)
        let newest = Atomic<Int>(0)
        /// The lap that is waited for; 0 for none.
        let goal = Atomic<Int>(0)
        let reached = AsyncStream.makeStream(of: Void.self)
    }

    private let readers: [Reader]
    private let missing: Atomic<Int>
    private let isOver = Atomic<Bool>(false)

    private init(_ count: Int) {
        readers = (0..<count).map { _ in Reader() }
        missing = Atomic(count)
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

    /// How often a reader got an older token than before.
    var setbackCount: Int { readers.map { $0.setbacks.load(ordering: .relaxed) }.reduce(0, +) }

    /// The newest generation that all of them have seen.
    var generation: Int { readers.map { $0.newest.load(ordering: .relaxed) }.min() ?? 0 }

    /// Returns once each of them has read this many times more.
    func pass(laps: Int = 100) async {
        for reader in readers {
            reader.goal.store(max(1, reader.laps.load(ordering: .relaxed) + laps), ordering: .relaxed)
            for await _ in reader.reached.stream { break }
        }
    }

    private func end() async {
        isOver.store(true, ordering: .relaxed)
        for reader in readers {
            for await _ in reader.reached.stream {}
        }
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
            let laps = reader.laps.add(1, ordering: .relaxed).newValue
            let goal = reader.goal.load(ordering: .relaxed)
            if goal > 0, laps >= goal {
                reader.goal.store(0, ordering: .relaxed)
                reader.reached.continuation.yield()
            }
        }
        reader.reached.continuation.finish()
    }
}

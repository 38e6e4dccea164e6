import NIOCore
import NIOHTTP1
import Synchronization

@testable import TradeStationBroker

/// Keeps what a responder writes.
final class RecordedResponse: ResponseWriter {
    private struct State {
        var head: HTTPResponseHead?
        var body = ""
        var isEnded = false
        var listener: @Sendable (String) -> Void = { _ in }
    }

    private let state = Mutex(State())

    /// Calls `listener` with each part of the body that is written from now on.
    func listen(_ listener: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.listener = listener }
    }

    var status: UInt? { state.withLock { $0.head?.status.code } }
    var text: String { state.withLock { $0.body } }
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// The value of a header field; nil if there is none, or more than one.
    func field(_ name: String) -> String? {
        state.withLock { state in
            let values = state.head?.headers[name] ?? []
            return values.count == 1 ? values[0] : nil
        }
    }

    func start(_ head: HTTPResponseHead) async throws {
        state.withLock { $0.head = head }
    }

    func write(_ part: ByteBuffer) async throws {
        let text = String(buffer: part)
        let listener = state.withLock { state in
            state.body += text
            return state.listener
        }
        listener(text)
    }

    func end(_ trailers: HTTPHeaders?) async throws {
        state.withLock { $0.isEnded = true }
    }
}

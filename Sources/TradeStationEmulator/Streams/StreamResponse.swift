import Hummingbird
import NIOCore

/// Writes a stream to its connection until one side ends it.
///
/// A disconnecting client is noticed immediately, not only at the next write. Cancelling closes the connection, even if
/// the client does not read.
struct StreamResponse: Sendable {
    let registration: StreamRegistration
    let request: RequestBody
    let channel: any Channel
    let wait: @Sendable (Double) async throws -> Void

    var body: ResponseBody {
        ResponseBody { writer in
            defer { registration.close() }
            async let _: Void = watch()
            let isWhole = try await withTaskCancellationHandler {
                try await write(to: &writer)
            } onCancel: {
                channel.close(promise: nil)
            }
            guard isWhole else {
                try await channel.close()
                throw HTTPGateway.ConnectionClosed()
            }
            try await writer.finish(nil)
        }
    }

    /// Writes pending output until the stream ends; returns whether the body ended correctly.
    ///
    /// The method is `@concurrent`, because Hummingbird's writer is not bound to the caller's executor.
    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws -> Bool {
        for await _ in registration.wakeUps {
            let pieces = registration.takeOutbox() ?? []
            try await writer.write(contentsOf: pieces.compactMap(\.chunk))
            switch pieces.last {
            case .end: return true
            case .cut: return false
            case .chunk, nil: continue
            }
        }
        return false
    }

    /// Lets the stream send the objects and heartbeats that are due, and removes the stream when the client
    /// disconnects.
    private func watch() async throws {
        try await request.consumeWithInboundCloseHandler { _ in
            try await passTime()
        } onInboundClosed: {
            registration.close()
        }
    }

    /// Lets the stream send the objects and heartbeats that are due. Checks at least once a second, because the clock
    /// and the settings can change.
    private func passTime() async throws {
        while true { try await wait(min(1, max(0.01, registration.passTime()))) }
    }
}

import Hummingbird
import NIOCore

/// Writes a stream to its connection until one side ends it. The client's end is noticed at once, not with the next
/// write; cancelling closes the connection, also one whose client does not read.
struct StreamResponse: Sendable {
    let lease: StreamLease
    let request: RequestBody
    let channel: any Channel
    let wait: @Sendable (Double) async throws -> Void

    var body: ResponseBody {
        ResponseBody { writer in
            defer { lease.close() }
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

    /// Writes what comes; returns whether the body came to its proper end. Hummingbird's writer is not bound to the
    /// caller's executor, so neither is this.
    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws -> Bool {
        for await _ in lease.bell {
            let pieces = lease.takeOutbox() ?? []
            try await writer.write(contentsOf: pieces.compactMap(\.chunk))
            switch pieces.last {
            case .end: return true
            case .cut: return false
            case .chunk, nil: continue
            }
        }
        return false
    }

    /// Ends the stream when the client ends the connection, and lets time pass until then.
    private func watch() async throws {
        try await request.consumeWithInboundCloseHandler { _ in
            try await pulse()
        } onInboundClosed: {
            lease.close()
        }
    }

    /// Lets time pass. It looks once a second at least: the clock may be set, and so may the settings.
    private func pulse() async throws {
        while true { try await wait(min(1, max(0.01, lease.pass()))) }
    }
}

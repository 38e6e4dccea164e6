import NIOCore
import TradeStationModel

extension RequestBody {
    /// The whole body.
    ///
    /// - Parameters:
    ///   - limit: The maximum size, in bytes.
    ///   - milliseconds: How long it may take to arrive.
    /// - Throws: ``ProxyRefusal`` with status 413 or 408; when the client is gone.
    func collect(limit: Int, within milliseconds: Int64, by clock: any TimeSource) async throws -> [UInt8] {
        let body = try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                guard let body = try await self.collect(limit: limit) else { throw ProxyRefusal.tooLong(limit) }
                return body
            }
            group.addTask {
                try await clock.sleep(milliseconds: milliseconds)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let body else { throw ProxyRefusal.tooSlow }
        return Array(body.readableBytesView)
    }
}

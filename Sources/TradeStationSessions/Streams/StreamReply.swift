import TradeStationModel
import TradeStationOAuth

/// The HTTP reply of a stream. It is read as whole JSON objects, followed by the reason why no more arrive.
struct StreamReply {
    enum Piece {
        /// One whole JSON object.
        case object([UInt8])
        /// The reply has ended, or no more data arrives.
        case interrupted(StreamInterruption)
    }

    /// How the server answered the request for a stream.
    enum Opening {
        /// The stream is open.
        case opened(head: HTTPExchangeResponse)
        /// The status was not 200.
        case refused(HTTPExchangeResponse)
        /// No status arrived.
        case failed(TransportFailure)
    }

    /// The longest error body that is read, in bytes.
    private static let longestRefusal = 1 << 16

    private let http: HTTPStream
    private let clock: any TimeSource
    private var framer = StreamFramer()

    init(_ http: HTTPStream, clock: any TimeSource) {
        self.http = http
        self.clock = clock
    }

    /// Waits for the status. Unless it is 200, the connection is closed afterwards.
    ///
    /// - Throws: `CancellationError`.
    func opening() async throws -> Opening {
        switch try await event() {
        case .head(let reply) where reply.status == 200: return .opened(head: reply)
        case .head(let reply):
            let refusal = try await readBody(of: reply)
            await close()
            return .refused(refusal)
        case .failed(let failure): return .failed(failure)
        case nil, .bytes, .end:
            await close()
            return .failed(TransportFailure(stage: .unknown, reason: .timedOut))
        }
    }

    /// Waits for the next object, or for an interruption.
    ///
    /// - Throws: ``StreamFramer/Fault``; ``AccountsError`` `closed`; `CancellationError`.
    mutating func next() async throws -> Piece {
        while true {
            try Task.checkCancellation()
            if let object = try framer.next() { return .object(object) }
            switch try await event() {
            case .bytes(let bytes): framer.append(bytes)
            case .head: continue
            case .failed(let failure) where failure.reason == .closed: throw AccountsError.closed
            case .failed, .end: return .interrupted(.connectionLost)
            case nil: return .interrupted(.silence)
            }
        }
    }

    /// Closes the connection and returns when it is no longer read.
    func close() async {
        await http.close()
    }

    /// The reply with its body, as far as it arrives in time.
    private func readBody(of head: HTTPExchangeResponse) async throws -> HTTPExchangeResponse {
        var reply = head
        let deadline = clock.bootMilliseconds() + StreamMachine.longestSilence
        while reply.body.count < Self.longestRefusal,
            case .bytes(let bytes) = try await event(within: deadline - clock.bootMilliseconds())
        {
            reply.body += bytes
        }
        return reply
    }

    /// The next event of the connection; nil when none arrives in time.
    ///
    /// - Throws: `CancellationError`.
    private func event(
        within milliseconds: Int64 = StreamMachine.longestSilence
    ) async throws -> HTTPStream.Event? {
        let event = await http.next(within: milliseconds, by: clock)
        try Task.checkCancellation()
        return event
    }
}

extension HTTPStream {
    /// Waits for the next event; nil when none arrives in time.
    func next(within milliseconds: Int64, by clock: any TimeSource) async -> Event? {
        await withTaskGroup(of: Event?.self) { group in
            group.addTask { await self.next() }
            group.addTask {
                try? await clock.sleep(milliseconds: milliseconds)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

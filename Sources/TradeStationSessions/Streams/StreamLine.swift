import Foundation
import TradeStationModel
import TradeStationOAuth

/// The connection under a stream: opened, read, and opened again, one at a time.
struct StreamLine {
    enum Event {
        /// It is open again.
        case reopened(StreamInterruption)
        /// One whole object.
        case object([UInt8])
    }

    /// Longer bodies of refusals are not read.
    private static let longestRefusal = 1 << 16

    let session: Session
    let call: APICall
    private let scope: StreamScope?
    private var machine = StreamMachine()
    private var framer = StreamFramer()
    private var connection: HTTPStream?
    private var token: AccessToken?
    private var path = ""
    /// The generation of a token that was refused; the next one has to be newer.
    private var refused = 0

    private var manager: SessionManager { session.manager }

    init(session: Session, call: APICall, scope: StreamScope?) {
        self.session = session
        self.call = call
        self.scope = scope
    }

    /// Waits for the next object, opening the stream as often as need be.
    mutating func next() async throws -> Event {
        while true {
            try Task.checkCancellation()
            guard let connection else {
                if let interruption = try await open() { return .reopened(interruption) }
                continue
            }
            if let object = try frame() { return .object(object) }
            switch try await event(of: connection) {
            case .bytes(let bytes): framer.append(bytes)
            case .head: continue
            case .failed(let failure) where failure.reason == .closed: throw AccountsError.closed
            case .failed, .end: try await interrupted(by: .connectionLost)
            case nil: try await interrupted(by: .silence)
            }
        }
    }

    /// Ends the connection and returns when it is no longer read.
    mutating func hangUp() async {
        await connection?.close()
        connection = nil
    }

    /// Ends this connection and waits until the next one may be opened.
    mutating func interrupted(by reason: StreamInterruption) async throws {
        await hangUp()
        manager.metrics.streamInterrupted(session.profile.profile.name, reason)
        let step = machine.interrupted(
            by: reason,
            at: manager.clock.bootMilliseconds(),
            fraction: manager.random.fraction()
        )
        try await follow(step, otherwise: AccountsError.closed)
    }

    /// What an error object means: a token that is not accepted any more, or the end.
    mutating func failed(_ part: APIError.Part) async throws {
        let shown = part.redacted(redacted)
        let error = StreamError(error: shown.error ?? "", message: shown.message, part: shown, path: path)
        guard error.error == "Unauthorized", let token else { throw error }
        await hangUp()
        manager.metrics.streamInterrupted(session.profile.profile.name, .tokenRefused)
        let isFutile = session.cache.isFutile(generation: token.generation)
        // A token whose time is over is replaced anyway.
        let lives = token.expiresAt > manager.clock.wallTime()
        let step = machine.tokenRefused(
            lives: lives,
            canRenew: !isFutile,
            at: manager.clock.bootMilliseconds(),
            fraction: manager.random.fraction()
        )
        if lives, step != .stop {
            session.cache.refuse(generation: token.generation)
            refused = token.generation
        } else if lives, !isFutile {
            session.cache.noteFutile(generation: token.generation)
        }
        try await follow(step, otherwise: error)
    }

    func decoded<Element>(_ object: [UInt8], as type: Element.Type) throws -> StreamObject<Element> {
        do {
            return try JSONDecoder().decode(StreamObject<Element>.self, from: Data(object))
        } catch let error as DecodingError {
            throw AccountsError.unexpected(
                "An object of the stream \(path) is not what was expected.",
                redacted("\(Element.self): \(APIResponse.explanation(of: error))")
            )
        }
    }

    private func redacted(_ text: String) -> String {
        Redaction.printable(text, without: [token?.secret].compactMap { $0 }, limit: 500)
    }

    private mutating func frame() throws -> [UInt8]? {
        do {
            return try framer.next()
        } catch {
            throw AccountsError.unexpected(
                "The stream \(path) sent what is no JSON object.",
                error == .tooLong ? "It has no end within \(StreamFramer.longestObject) bytes." : nil
            )
        }
    }

    // MARK: Opening

    /// Tries once to open the stream; says what it was interrupted by when it is open again.
    private mutating func open() async throws -> StreamInterruption? {
        guard let (url, token) = try await permission() else { return nil }
        self.token = token
        let connection: HTTPStream
        do throws(TransportFailure) {
            connection = try manager.streamTransport.open(
                HTTPExchangeRequest(url: url, headers: [("Authorization", token.authorizationHeader)])
            )
        } catch {
            throw AccountsError.closed
        }
        scope?.add(connection)
        switch try await event(of: connection) {
        case .head(let reply) where reply.status == 200:
            session.gauge.note(APIQuota(reply, now: manager.clock.wallTime()))
            self.connection = connection
            framer = StreamFramer()
            refused = 0
            manager.metrics.streamOpened(session.profile.profile.name)
            return machine.opened(at: manager.clock.bootMilliseconds())
        case .head(let reply):
            try await refused(reply, token, connection)
        case .failed(let failure):
            try await unanswered(failure)
        case nil, .bytes, .end:
            await connection.close()
            try await unanswered(TransportFailure(stage: .unknown, reason: .timedOut))
        }
        return nil
    }

    /// Where to, and with which token; nil when there was none and it is to be tried again.
    private mutating func permission() async throws -> (url: String, token: AccessToken)? {
        let deadline = manager.clock.bootMilliseconds() + manager.timeout
        do {
            let (target, record) = try await session.admit(call, before: deadline)
            let token = try await session.token(for: record, newerThan: refused, before: deadline)
            path = Redaction.printable(target.path, without: [token.secret], limit: 120)
            return (target.url, token)
        } catch let error as AccountsError {
            try await follow(
                machine.withheld(error.code, fraction: manager.random.fraction()),
                otherwise: error
            )
            return nil
        }
    }

    private mutating func refused(
        _ head: HTTPExchangeResponse,
        _ token: AccessToken,
        _ connection: HTTPStream
    ) async throws {
        var reply = head
        let deadline = manager.clock.bootMilliseconds() + StreamMachine.longestSilence
        while reply.body.count < Self.longestRefusal,
            case .bytes(let bytes) = try await event(
                of: connection,
                within: deadline - manager.clock.bootMilliseconds()
            )
        {
            reply.body += bytes
        }
        await connection.close()
        session.gauge.note(APIQuota(reply, now: manager.clock.wallTime()))
        let step = machine.refused(
            status: reply.status,
            pause: APIQuota.pause(in: reply),
            canRenew: !session.cache.isFutile(generation: token.generation),
            fraction: manager.random.fraction()
        )
        if step == .renew {
            session.cache.refuse(generation: token.generation)
            refused = token.generation
            return
        }
        if reply.status == 401, refused > 0 { session.cache.noteFutile(generation: token.generation) }
        let error = APIError(reply, method: call.method, path: path, token: token.secret)
        try await follow(
            step,
            otherwise: error
                ?? AccountsError.unexpected("The API answered the stream \(path) with HTTP \(reply.status).", nil)
        )
    }

    private mutating func unanswered(_ failure: TransportFailure) async throws {
        if failure.reason == .closed { throw AccountsError.closed }
        let error = AccountsError(
            .serverUnreachable,
            "The API gave no answer to the stream \(path).",
            reason: failure.explanation,
            suggestion: "the same stream when the network is back"
        )
        try await follow(
            machine.unanswered(failure.reason, fraction: manager.random.fraction()),
            otherwise: error.about(session.profile.profile.name)
        )
    }

    private func follow(_ step: StreamMachine.Step, otherwise error: any Error) async throws {
        switch step {
        case .reopen(let milliseconds): try await manager.pause(milliseconds: milliseconds)
        case .renew: break
        case .stop: throw error
        }
    }

    /// What the connection brings next; nil when it is silent for too long.
    ///
    /// - Throws: `CancellationError`.
    private func event(
        of connection: HTTPStream,
        within milliseconds: Int64 = StreamMachine.longestSilence
    ) async throws -> HTTPStream.Event? {
        let event = await withTaskGroup(of: HTTPStream.Event?.self) { [clock = manager.clock] group in
            group.addTask { await connection.next() }
            group.addTask {
                try? await clock.sleep(milliseconds: milliseconds)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        try Task.checkCancellation()
        return event
    }
}

extension AccountsError {
    fileprivate static func unexpected(_ message: String, _ reason: String?) -> AccountsError {
        AccountsError(.serverError, message, reason: reason, suggestion: "the raw answer of a GET")
    }
}

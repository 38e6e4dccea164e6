import Foundation

/// One open stream as a value: what it sent, what waits to be written, and what it does as time passes.
struct OpenStream: Sendable {
    /// A client that does not read gets nothing new by itself beyond this many pieces.
    static let longestOutbox = 256

    let id: Int
    let plan: StreamPlan
    /// Whether its end was decided; what is in the outbox still goes out.
    private(set) var isOver = false
    private(set) var isSilent = false
    private var outbox: [StreamPiece] = []
    private var script: StreamScript?
    private var feed: StreamFeed
    private var cutter = ChunkCutter()
    private var objectsSent = 0
    private var heartbeatsSent = 0
    private var quietSince: Date
    private var fedAt: Date

    init(id: Int, plan: StreamPlan, settings: EmulatorSettings, at now: Date) {
        self.id = id
        self.plan = plan
        script = plan.script
        feed = StreamFeed(plan.subject)
        quietSince = now
        fedAt = now
        if script?.afterObjects == 0 { strikeByScript(settings, at: now) }
        if !isSilent { send(plan.objects, settings, at: now) }
        if plan.isRefused { finish(.end) }
    }

    /// Whether something waits to be written.
    var hasOutbox: Bool { !outbox.isEmpty }

    /// Takes what waits to be written.
    mutating func takeOutbox() -> [StreamPiece] {
        defer { outbox = [] }
        return outbox
    }

    /// Sends objects, up to the one after which the script strikes; the rest is lost.
    mutating func send(_ objects: [String], _ settings: EmulatorSettings, at now: Date) {
        guard !isOver, !objects.isEmpty else { return }
        let sent = objects.prefix(script.map { max(0, $0.afterObjects - objectsSent) } ?? objects.count)
        outbox += cutter.cut(Array(sent), settings.streamChunks).map(StreamPiece.chunk)
        objectsSent += sent.count
        quietSince = now
        if let script, objectsSent >= script.afterObjects { strikeByScript(settings, at: now) }
    }

    /// Sends bytes as they are, in one chunk, without a newline: for what is no object at all.
    mutating func send(text: String, at now: Date) {
        guard !isOver, !text.isEmpty else { return }
        outbox.append(.chunk(Array(text.utf8)))
        quietSince = now
    }

    /// Sends what the feed has next, due or not.
    mutating func sendNext(_ settings: EmulatorSettings, at now: Date) {
        guard !isOver, let object = feed.next(at: now) else { return }
        fedAt = now
        send([object], settings, at: now)
    }

    /// Sends a heartbeat, due or not.
    mutating func beat(_ settings: EmulatorSettings, at now: Date) {
        guard !isOver else { return }
        outbox += cutter.cut([nextHeartbeat(at: now)], settings.streamChunks).map(StreamPiece.chunk)
        quietSince = now
    }

    mutating func strike(_ trouble: StreamTrouble, _ settings: EmulatorSettings, at now: Date) {
        guard !isOver else { return }
        switch trouble {
        case .silence: isSilent = true
        case .end: finish(.end)
        case .goAway: finish(.end, after: plan.subject.goAway, settings)
        case .error(let title, let message):
            finish(.end, after: JSONText.encode(["Error": title, "Message": message]), settings)
        case .cut:
            let object = feed.next(at: now) ?? nextHeartbeat(at: now)
            outbox.append(.chunk(Array(object.utf8.prefix(object.utf8.count / 2))))
            finish(.cut)
        }
    }

    /// Does what is due: the end with the token, the next object, a heartbeat.
    mutating func pass(to now: Date, _ settings: EmulatorSettings, tokenLives: Bool) {
        if !tokenLives {
            switch settings.streamExpiry {
            case .open: break
            case .cut: finish(.cut)
            case .error:
                strike(.error(title: "Unauthorized", message: "The access token is expired."), settings, at: now)
            }
        }
        guard !isOver, !isSilent, outbox.count < Self.longestOutbox else { return }
        if isDue(settings.streamSeconds, since: fedAt, at: now) { sendNext(settings, at: now) }
        if !isSilent, isDue(settings.heartbeatSeconds, since: quietSince, at: now) { beat(settings, at: now) }
    }

    /// How many seconds from now until there may be something to do.
    func idleSeconds(at now: Date, _ settings: EmulatorSettings) -> Double {
        let dues = [(settings.streamSeconds, fedAt), (settings.heartbeatSeconds, quietSince)]
        return dues.filter { $0.0 > 0 }.map { $0.0 - now.timeIntervalSince($0.1) }.min() ?? .infinity
    }

    private func isDue(_ seconds: Double, since start: Date, at now: Date) -> Bool {
        seconds > 0 && now.timeIntervalSince(start) >= seconds
    }

    private mutating func strikeByScript(_ settings: EmulatorSettings, at now: Date) {
        guard let due = script else { return }
        script = nil
        strike(due.trouble, settings, at: now)
    }

    private mutating func finish(_ last: StreamPiece, after object: String? = nil, _ settings: EmulatorSettings? = nil)
    {
        guard !isOver else { return }
        if let object, let settings { outbox += cutter.cut([object], settings.streamChunks).map(StreamPiece.chunk) }
        outbox.append(last)
        isOver = true
    }

    private mutating func nextHeartbeat(at now: Date) -> String {
        heartbeatsSent += 1
        return JSONText.encode(Heartbeat(Heartbeat: heartbeatsSent, Timestamp: Timestamp.text(now)))
    }

    private struct Heartbeat: Encodable {
        let Heartbeat: Int
        let Timestamp: String
    }
}

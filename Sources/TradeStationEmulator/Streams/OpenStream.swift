import Foundation

/// The state of an open stream: its pending output and what it sends over time. It performs no I/O.
struct OpenStream: Sendable {
    /// The maximum number of pending pieces of output. Once it is reached, the stream sends nothing automatically until
    /// the client reads.
    static let maximumOutboxPieces = 256

    let id: Int
    let plan: StreamPlan
    /// Whether the stream has ended. The output that is still pending is written nevertheless.
    private(set) var hasEnded = false
    private(set) var isSilent = false
    private var outbox: [StreamPiece] = []
    private var script: StreamScript?
    private var feed: StreamFeed
    private var cutter = ChunkCutter()
    private var objectsSent = 0
    private var heartbeatsSent = 0
    private var lastSentAt: Date
    private var lastFedAt: Date

    init(id: Int, plan: StreamPlan, settings: EmulatorSettings, at now: Date) {
        self.id = id
        self.plan = plan
        script = plan.script
        feed = StreamFeed(plan.subject)
        lastSentAt = now
        lastFedAt = now
        if script?.afterObjects == 0 { applyScript(settings, at: now) }
        if !isSilent { send(plan.objects, settings, at: now) }
        if plan.isRefused { finish(.end) }
    }

    /// Whether output is pending.
    var hasOutbox: Bool { !outbox.isEmpty }

    /// Removes and returns the pending output.
    mutating func takeOutbox() -> [StreamPiece] {
        defer { outbox = [] }
        return outbox
    }

    /// Sends objects. If a scripted fault becomes due after one of them, it is injected, and the remaining objects are
    /// not sent.
    mutating func send(_ objects: [String], _ settings: EmulatorSettings, at now: Date) {
        guard !hasEnded, !objects.isEmpty else { return }
        let sent = objects.prefix(script.map { max(0, $0.afterObjects - objectsSent) } ?? objects.count)
        outbox += cutter.cut(Array(sent), settings.streamChunks).map(StreamPiece.chunk)
        objectsSent += sent.count
        lastSentAt = now
        if let script, objectsSent >= script.afterObjects { applyScript(settings, at: now) }
    }

    /// Sends a text unchanged in one chunk, without a newline.
    mutating func send(text: String, at now: Date) {
        guard !hasEnded, !text.isEmpty else { return }
        outbox.append(.chunk(Array(text.utf8)))
        lastSentAt = now
    }

    /// Sends the next object of the feed, even if none is due.
    mutating func sendNext(_ settings: EmulatorSettings, at now: Date) {
        guard !hasEnded, let object = feed.next(at: now) else { return }
        lastFedAt = now
        send([object], settings, at: now)
    }

    /// Sends a heartbeat, even if none is due.
    mutating func sendHeartbeat(_ settings: EmulatorSettings, at now: Date) {
        guard !hasEnded else { return }
        outbox += cutter.cut([nextHeartbeat(at: now)], settings.streamChunks).map(StreamPiece.chunk)
        lastSentAt = now
    }

    /// Injects a fault.
    mutating func strike(_ trouble: StreamTrouble, _ settings: EmulatorSettings, at now: Date) {
        guard !hasEnded else { return }
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

    /// Ends the stream if its token has expired and the settings require it; otherwise sends the next object or a
    /// heartbeat if one is due.
    mutating func advance(to now: Date, _ settings: EmulatorSettings, isTokenValid: Bool) {
        if !isTokenValid {
            switch settings.streamExpiry {
            case .open: break
            case .cut: finish(.cut)
            case .error:
                strike(.error(title: "Unauthorized", message: "The access token is expired."), settings, at: now)
            }
        }
        guard !hasEnded, !isSilent, outbox.count < Self.maximumOutboxPieces else { return }
        if isDue(settings.streamSeconds, since: lastFedAt, at: now) { sendNext(settings, at: now) }
        if !isSilent, isDue(settings.heartbeatSeconds, since: lastSentAt, at: now) { sendHeartbeat(settings, at: now) }
    }

    /// The seconds until the next object or heartbeat is due, at the earliest.
    func secondsUntilDue(at now: Date, _ settings: EmulatorSettings) -> Double {
        let dues = [(settings.streamSeconds, lastFedAt), (settings.heartbeatSeconds, lastSentAt)]
        return dues.filter { $0.0 > 0 }.map { $0.0 - now.timeIntervalSince($0.1) }.min() ?? .infinity
    }

    private func isDue(_ seconds: Double, since start: Date, at now: Date) -> Bool {
        seconds > 0 && now.timeIntervalSince(start) >= seconds
    }

    private mutating func applyScript(_ settings: EmulatorSettings, at now: Date) {
        guard let due = script else { return }
        script = nil
        strike(due.trouble, settings, at: now)
    }

    private mutating func finish(_ last: StreamPiece, after object: String? = nil, _ settings: EmulatorSettings? = nil)
    {
        guard !hasEnded else { return }
        if let object, let settings { outbox += cutter.cut([object], settings.streamChunks).map(StreamPiece.chunk) }
        outbox.append(last)
        hasEnded = true
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

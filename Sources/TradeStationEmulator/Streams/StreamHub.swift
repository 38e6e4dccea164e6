import Foundation

/// All open streams, each with the bell that wakes the task which writes it.
struct StreamHub: Sendable {
    private struct Entry: Sendable {
        var stream: OpenStream
        let bell: AsyncStream<Void>.Continuation
    }

    /// How many streams there were so far.
    private(set) var opened = 0
    private var entries: [Int: Entry] = [:]
    private var isStopping = false

    /// How many streams are open.
    var openCount: Int { entries.count }

    /// Every open stream, oldest first.
    var streams: [OpenStream] { entries.values.map(\.stream).sorted { $0.id < $1.id } }

    /// How many streams a user has open.
    func openCount(of username: String) -> Int {
        entries.values.count { $0.stream.plan.username == username }
    }

    mutating func open(
        _ plan: StreamPlan,
        bell: AsyncStream<Void>.Continuation,
        _ settings: EmulatorSettings,
        at now: Date
    )
        -> Int
    {
        opened += 1
        var stream = OpenStream(id: opened, plan: plan, settings: settings, at: now)
        if isStopping { stream.strike(.goAway, settings, at: now) }
        entries[stream.id] = Entry(stream: stream, bell: bell)
        bell.yield()
        return stream.id
    }

    /// Takes what waits to be written on a stream; nil when there is no such stream any more.
    mutating func takeOutbox(of id: Int) -> [StreamPiece]? {
        entries[id]?.stream.takeOutbox()
    }

    /// Changes the streams that are meant and wakes their writers; returns how many there are.
    @discardableResult
    mutating func update(_ selection: StreamSelection, _ change: (inout OpenStream) -> Void) -> Int {
        var count = 0
        for id in selection.id.map({ [$0] }) ?? Array(entries.keys) {
            guard var entry = entries[id], selection.includes(entry.stream) else { continue }
            change(&entry.stream)
            entries[id] = entry
            count += 1
            if entry.stream.hasOutbox { entry.bell.yield() }
        }
        return count
    }

    /// How many seconds from now until a stream may have something to do.
    func idleSeconds(of id: Int, _ settings: EmulatorSettings, at now: Date) -> Double {
        entries[id]?.stream.idleSeconds(at: now, settings) ?? .infinity
    }

    /// Tells the order streams of orders that are new or different.
    mutating func report(_ orders: [EmulatedOrder], _ settings: EmulatorSettings, at now: Date) {
        for order in orders {
            update(StreamSelection(kind: .orders)) { stream in
                guard case .orders(let accounts, let ids) = stream.plan.subject, !stream.isSilent,
                    stream.plan.base.rawValue == order.environment, accounts.contains(order.accountID),
                    ids?.contains(order.orderID) ?? true
                else { return }
                stream.send([JSONText.encode(OrderText(order))], settings, at: now)
            }
        }
    }

    /// Forgets a stream whose connection has ended.
    mutating func close(_ id: Int) {
        entries.removeValue(forKey: id)?.bell.finish()
    }

    /// Sends every stream away, also those that come later.
    mutating func stop(_ settings: EmulatorSettings, at now: Date) {
        isStopping = true
        update(.all) { $0.strike(.goAway, settings, at: now) }
    }
}

import Foundation

/// The open streams, each with a continuation that wakes its writer.
struct OpenStreams: Sendable {
    private struct Entry: Sendable {
        var stream: OpenStream
        let wakeUp: AsyncStream<Void>.Continuation
    }

    /// The number of streams that have been opened so far.
    private(set) var opened = 0
    private var entries: [Int: Entry] = [:]
    private var isStopping = false

    /// The number of open streams.
    var openCount: Int { entries.count }

    /// The open streams, oldest first.
    var streams: [OpenStream] { entries.values.map(\.stream).sorted { $0.id < $1.id } }

    /// The number of streams that a user has open.
    func openCount(of username: String) -> Int {
        entries.values.count { $0.stream.plan.username == username }
    }

    mutating func open(
        _ plan: StreamPlan,
        wakeUp: AsyncStream<Void>.Continuation,
        _ settings: EmulatorSettings,
        at now: Date
    )
        -> Int
    {
        opened += 1
        var stream = OpenStream(id: opened, plan: plan, settings: settings, at: now)
        if isStopping { stream.strike(.goAway, settings, at: now) }
        entries[stream.id] = Entry(stream: stream, wakeUp: wakeUp)
        wakeUp.yield()
        return stream.id
    }

    /// Removes and returns the pending output of a stream; nil if the stream is no longer open.
    mutating func takeOutbox(of id: Int) -> [StreamPiece]? {
        entries[id]?.stream.takeOutbox()
    }

    /// Changes the selected streams and wakes their writers.
    ///
    /// - Returns: The number of selected streams.
    @discardableResult
    mutating func update(_ selection: StreamSelection, _ change: (inout OpenStream) -> Void) -> Int {
        var count = 0
        for id in selection.id.map({ [$0] }) ?? Array(entries.keys) {
            guard var entry = entries[id], selection.includes(entry.stream) else { continue }
            change(&entry.stream)
            entries[id] = entry
            count += 1
            if entry.stream.hasOutbox { entry.wakeUp.yield() }
        }
        return count
    }

    /// The seconds until a stream's next object or heartbeat is due, at the earliest.
    func secondsUntilDue(of id: Int, _ settings: EmulatorSettings, at now: Date) -> Double {
        entries[id]?.stream.secondsUntilDue(at: now, settings) ?? .infinity
    }

    /// Sends added and changed orders to the order streams.
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

    /// Removes a stream whose connection has ended.
    mutating func close(_ id: Int) {
        entries.removeValue(forKey: id)?.wakeUp.finish()
    }

    /// Ends every stream with GoAway, including those that are opened later.
    mutating func stop(_ settings: EmulatorSettings, at now: Date) {
        isStopping = true
        update(.all) { $0.strike(.goAway, settings, at: now) }
    }
}

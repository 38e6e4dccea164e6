@testable import TradeStationSessions

/// Reads a stream in a task of its own, so that a test can do other things at the same time. Keeps the events in order.
struct StreamReader {
    enum Outcome: Equatable {
        case event(StreamEvent<Tick>)
        case failed(StreamError)
        case ended
    }

    private let task: Task<Void, Never>
    private var outcomes: AsyncStream<Outcome>.AsyncIterator

    init(_ stream: SessionStream<Tick>) {
        let (outcomes, told) = AsyncStream.makeStream(of: Outcome.self)
        self.outcomes = outcomes.makeAsyncIterator()
        task = Task {
            do {
                for try await event in stream { told.yield(.event(event)) }
                told.yield(.ended)
            } catch let error as StreamError {
                told.yield(.failed(error))
            } catch {
                told.yield(.ended)
            }
            told.finish()
        }
    }

    mutating func next() async -> Outcome? { await outcomes.next(isolation: #isolation) }

    /// The symbols of the next elements.
    mutating func symbols(_ count: Int) async -> [String] {
        var symbols: [String] = []
        while symbols.count < count, case .event(let event)? = await next(), let symbol = event.symbol {
            symbols.append(symbol)
        }
        return symbols
    }

    func stop() async {
        task.cancel()
        await task.value
    }
}

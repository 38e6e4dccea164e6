import Foundation

/// A bar of a bar chart.
struct Bar: Encodable, Sendable {
    let Open: String
    let High: String
    let Low: String
    let Close: String
    let TimeStamp: String
    let Epoch: Int
    let TotalVolume: String
    let IsRealtime: Bool
    let IsEndOfHistory: Bool
    let BarStatus: String

    /// Creates the bar at index `step` of an answer or a stream.
    init(symbol: String, endingAt end: Date, step: Int, isOpen: Bool = false, isEndOfHistory: Bool = false) {
        let price = Price(of: symbol, step: step)
        Open = price.text
        High = price.moved(10).text
        Low = price.moved(-10).text
        Close = price.moved(5).text
        TimeStamp = Timestamp.text(end)
        Epoch = Int(end.timeIntervalSince1970) * 1000
        TotalVolume = "\(1000 + step)"
        IsRealtime = isOpen
        IsEndOfHistory = isEndOfHistory
        BarStatus = isOpen ? "Open" : "Closed"
    }
}

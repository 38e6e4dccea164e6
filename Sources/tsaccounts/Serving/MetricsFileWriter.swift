import TradeStationBroker
import TradeStationSessions

/// Writes the metrics into a file from time to time.
struct MetricsFileWriter: Sendable {
    let file: MetricsFile
    let exporter: MetricsExporter
    /// Prints a note.
    let say: @Sendable (String) -> Void

    /// The time between two writes, in milliseconds: the interval at which Prometheus usually collects.
    private static let interval: Int64 = 15_000

    /// Writes until the task is cancelled. A failure is a note; it is not repeated until a write has succeeded.
    ///
    /// - Throws: `CancellationError`.
    func run() async throws {
        var hasFailed = false
        while true {
            let text = await exporter.text()
            do {
                try await OwnThread.run { _ in try file.replace(with: text) }
                hasFailed = false
            } catch let error as AccountsError {
                if !hasFailed { say(ServeText.line(error)) }
                hasFailed = true
            }
            try await SystemClock().sleep(milliseconds: Self.interval)
        }
    }
}

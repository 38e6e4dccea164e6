import CoreMetrics
import TradeStationModel
import TradeStationOAuth

/// What a ``SessionManager`` counts and times; ``SessionConfiguration/metrics`` lists the names.
struct SessionMetrics: Sendable {
    /// Nil: the factory that the program has bootstrapped, asked for each time, because that may come later.
    let factory: (any MetricsFactory)?

    /// A refresh was sent to the token endpoint, and was answered or was not.
    func exchanged(_ profile: ProfileName, outcome: String, milliseconds: Int) {
        let dimensions = [("profile", profile.text), ("outcome", outcome)]
        count("tsaccounts_exchanges_total", dimensions)
        time("tsaccounts_exchange_duration", dimensions, milliseconds: Int64(milliseconds))
    }

    /// A flight took over tokens that another process had brought.
    func adopted(_ profile: ProfileName) {
        count("tsaccounts_adoptions_total", [("profile", profile.text)])
    }

    /// A flight has the lock of its login, and waited for it so long.
    func locked(_ profile: ProfileName, milliseconds: Int64) {
        time("tsaccounts_lock_wait_duration", [("profile", profile.text)], milliseconds: milliseconds)
    }

    /// A request was answered; without a status it was not.
    func requested(_ profile: ProfileName, _ method: String, status: Int?, milliseconds: Int64) {
        let dimensions = [
            ("profile", profile.text), ("method", method), ("status", status.map(String.init) ?? "none"),
        ]
        count("tsaccounts_requests_total", dimensions)
        time("tsaccounts_request_duration", dimensions, milliseconds: milliseconds)
    }

    /// A stream is open, for the first time or again.
    func streamOpened(_ profile: ProfileName) {
        count("tsaccounts_stream_openings_total", [("profile", profile.text)])
    }

    /// An open stream was interrupted.
    func streamInterrupted(_ profile: ProfileName, _ reason: StreamInterruption) {
        count("tsaccounts_stream_interruptions_total", [("profile", profile.text), ("reason", reason.rawValue)])
    }

    private func count(_ label: String, _ dimensions: [(String, String)]) {
        Counter(label: label, dimensions: dimensions, factory: backend).increment()
    }

    private func time(_ label: String, _ dimensions: [(String, String)], milliseconds: Int64) {
        CoreMetrics.Timer(label: label, dimensions: dimensions, factory: backend).recordMilliseconds(milliseconds)
    }

    private var backend: any MetricsFactory { factory ?? MetricsSystem.factory }
}

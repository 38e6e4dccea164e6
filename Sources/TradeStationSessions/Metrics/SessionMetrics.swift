import CoreMetrics
import TradeStationModel
import TradeStationOAuth

/// The counters and timers of a ``SessionManager``. ``SessionConfiguration/metrics`` lists their names.
struct SessionMetrics: Sendable {
    /// The factory of the counters and timers. Nil means the factory of `MetricsSystem`, which is looked up each time,
    /// because the program may set it later.
    let factory: (any MetricsFactory)?

    /// Records a request to the token endpoint, with or without an answer.
    func recordExchange(_ profile: ProfileName, outcome: String, milliseconds: Int) {
        let dimensions = [("profile", profile.text), ("outcome", outcome)]
        count("tsaccounts_exchanges_total", dimensions)
        time("tsaccounts_exchange_duration", dimensions, milliseconds: Int64(milliseconds))
    }

    /// Records that a flight (a refresh in progress) used tokens that another process had obtained.
    func recordAdoption(_ profile: ProfileName) {
        count("tsaccounts_adoptions_total", [("profile", profile.text)])
    }

    /// Records how long a flight waited for the lock of its login.
    func recordLockWait(_ profile: ProfileName, milliseconds: Int64) {
        time("tsaccounts_lock_wait_duration", [("profile", profile.text)], milliseconds: milliseconds)
    }

    /// Records a request to the API; the status is nil when it got no answer.
    func recordRequest(_ profile: ProfileName, _ method: String, status: Int?, milliseconds: Int64) {
        let dimensions = [
            ("profile", profile.text), ("method", method), ("status", status.map(String.init) ?? "none"),
        ]
        count("tsaccounts_requests_total", dimensions)
        time("tsaccounts_request_duration", dimensions, milliseconds: milliseconds)
    }

    /// Records that a stream was opened, for the first time or again.
    func recordStreamOpening(_ profile: ProfileName) {
        count("tsaccounts_stream_openings_total", [("profile", profile.text)])
    }

    /// Records that an open stream was interrupted.
    func recordStreamInterruption(_ profile: ProfileName, _ reason: StreamInterruption) {
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

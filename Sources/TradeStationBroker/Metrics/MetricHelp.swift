/// The explanations of the library's metrics.
enum MetricHelp {
    private static let texts = [
        "tsaccounts_exchanges_total": "Refreshes sent to the token endpoint, by outcome.",
        "tsaccounts_exchange_duration_seconds": "How long exchanges with the token endpoint took.",
        "tsaccounts_adoptions_total": "Tokens that another process had already refreshed when a refresh was due.",
        "tsaccounts_lock_wait_duration_seconds": "How long refreshes waited for the lock of their login.",
        "tsaccounts_requests_total": "Requests to the API, by method and status.",
        "tsaccounts_request_duration_seconds": "How long requests to the API took.",
        "tsaccounts_stream_openings_total": "Streams that were opened, for the first time or again.",
        "tsaccounts_stream_interruptions_total": "Interruptions of open streams, by reason.",
    ]

    /// The explanation of a metric.
    static func text(of name: String) -> String { texts[name] ?? "A metric of tsaccounts." }
}

import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// The options of `serve` for metrics.
struct MetricsOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics to a file for node_exporter, every 15 seconds.", valueName: "path"),
        completion: .file(extensions: ["prom"])
    )
    var textfile: String?

    @Flag(name: .long, help: "Hide profile names in metrics.")
    var anonymous = false

    /// The metrics of a manager whose counters are in `registry`.
    func exporter(_ registry: MetricsRegistry, _ manager: SessionManager) -> MetricsExporter {
        MetricsExporter(registry: registry, manager: manager, labels: ProfileLabels(isAnonymous: anonymous))
    }
}

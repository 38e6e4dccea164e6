package import TradeStationModel
package import TradeStationSessions

/// Collects everything that Prometheus shows: the counters of this process, and gauges from the store.
package struct MetricsExporter: Sendable {
    private let registry: MetricsRegistry
    private let manager: SessionManager
    private let labels: ProfileLabels
    private let now: @Sendable () -> Timestamp
    private let others: @Sendable () -> [MetricFamily]

    /// - Parameters:
    ///   - registry: The counters of the manager.
    ///   - labels: How profiles are named.
    ///   - now: The time of the wall clock.
    ///   - others: Metrics of other parts of the process.
    package init(
        registry: MetricsRegistry,
        manager: SessionManager,
        labels: ProfileLabels,
        now: @escaping @Sendable () -> Timestamp = { SystemClock().wallTime() },
        others: @escaping @Sendable () -> [MetricFamily] = { [] }
    ) {
        self.registry = registry
        self.manager = manager
        self.labels = labels
        self.now = now
        self.others = others
    }

    /// The metrics as text. If the store cannot be read, those of the store are left out, and
    /// `tsaccounts_store_readable` is 0.
    package func text() async -> String {
        let listing = try? await manager.registry.listing()
        let build = MetricFamily(
            "tsaccounts_build_info",
            .gauge,
            help: "Always 1; the label is the version.",
            [.init([.init("version", Product.version)], 1)]
        )
        let readable = MetricFamily(
            "tsaccounts_store_readable",
            .gauge,
            help: "1 if the store could be read, else 0.",
            [.init([], listing == nil ? 0 : 1)]
        )
        let stored = listing.map(gauges) ?? []
        let labels = labels.naming(listing ?? ProfileListing(profiles: [], damaged: []))
        return PrometheusText(labels.applied(to: [build, readable] + stored + registry.families + others())).text
    }

    private func gauges(_ listing: ProfileListing) -> [MetricFamily] {
        let logins = Set(listing.profiles.map(\.login.id))
        return StoreGauges(
            listing: listing,
            now: now(),
            quotas: Dictionary(uniqueKeysWithValues: logins.map { ($0, manager.quotas(of: $0)) }),
            waiters: manager.waiterCounts
        ).families
    }
}

/// The samples of one metric, as Prometheus collects them.
package struct MetricFamily: Hashable, Sendable {
    /// The kinds of metrics.
    package enum Kind: String, Hashable, Sendable {
        /// A number that only grows while the process runs.
        case counter
        /// A number that goes up and down.
        case gauge
        /// How many values lie below each of several limits.
        case histogram
    }

    /// A name and a value that distinguish a sample from others of its metric.
    package struct Label: Hashable, Sendable {
        package let name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One number.
    package struct Sample: Hashable, Sendable {
        /// What is added to the name of the metric, for example `_sum`.
        package var suffix = ""
        package var labels: [Label]
        package let value: Double

        package init(suffix: String = "", _ labels: [Label] = [], _ value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    package let name: String
    package let help: String
    package let kind: Kind
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }
}

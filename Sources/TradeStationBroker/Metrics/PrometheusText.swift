/// Metrics in the text format of Prometheus, version 0.0.4.
package struct PrometheusText: Sendable {
    /// The value of `Content-Type`.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The whole text.
    package private(set) var text = ""

    /// Writes the families that have samples, in their order.
    package init(_ families: [MetricFamily]) {
        for family in families where !family.samples.isEmpty { write(family) }
    }

    private mutating func write(_ family: MetricFamily) {
        let name = Self.name(family.name)
        text += "# HELP \(name) \(Self.escaped(family.help, quotes: false))\n"
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            let labels = sample.labels.map { "\(Self.labelName($0.name))=\"\(Self.escaped($0.value, quotes: true))\"" }
            text += name + sample.suffix + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
            text += " \(Self.number(sample.value))\n"
        }
    }

    /// A valid name of a metric: other characters become `_`.
    static func name(_ text: String) -> String { valid(text, extra: ":") }

    /// A valid name of a label.
    static func labelName(_ text: String) -> String { valid(text, extra: "") }

    private static func valid(_ text: String, extra: String) -> String {
        let letters = text.unicodeScalars.map { scalar -> Character in
            let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isAllowed || scalar == "_" || extra.unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        guard let first = letters.first, !first.isNumber else { return "_" + String(letters) }
        return String(letters)
    }

    /// A text in which what would end it, or its line, is escaped. Other control characters are replaced.
    static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            case _ where scalar.properties.generalCategory == .control: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}

extension String {
    /// Text from outside, made safe to show: control characters and line breaks become spaces, the rest is cut
    /// at `limit` characters.
    package func printable(limit: Int) -> String {
        var text = ""
        var count = 0
        for scalar in unicodeScalars {
            guard count < limit else { return text + "…" }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                text.unicodeScalars.append(" ")
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

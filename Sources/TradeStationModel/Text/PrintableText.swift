extension String {
    /// The text made safe to display: control characters and line breaks become spaces, and it is cut after `limit`
    /// characters.
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

    /// The text as one word of a shell command.
    package var shellQuoted: String {
        let isPlain =
            !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}

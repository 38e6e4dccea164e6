extension String {
    /// The text made safe to display: control characters and line breaks become spaces, and it is cut after `limit`
    /// characters.
    package func printable(limit: Int) -> String {
        var text = ""
        var count = 0
        for scalar in unicodeScalars {
            guard count < limit else { return text + "…" }
            count += 1
            text.unicodeScalars.append(scalar.isVisible ? scalar : " ")
        }
        return text
    }

    /// The text made safe for a terminal: characters that would move the cursor, change the direction of the text or give
    /// commands become spaces. Line feeds and colors (`ESC [ digits m`) stay.
    package var terminalSafe: String {
        // Most texts are plain, and are not copied.
        if utf8.allSatisfy({ $0 == 0x0A || (0x20...0x7E).contains($0) }) { return self }
        var safe = ""
        var rest = unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\u{1B}", rest.first == "[" {
                let parameters = rest.dropFirst().prefix { ("0"..."9").contains($0) || $0 == ";" }
                if rest.dropFirst(parameters.count + 1).first == "m" {
                    safe += "\u{1B}[" + String(parameters) + "m"
                    rest = rest.dropFirst(parameters.count + 2)
                    continue
                }
            }
            safe.unicodeScalars.append(scalar.isVisible || scalar == "\n" ? scalar : " ")
        }
        return safe
    }

    /// The text as one word of a shell command.
    package var shellQuoted: String {
        let isPlain =
            !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}

extension Unicode.Scalar {
    /// Whether the character is shown where it stands, and has no effect on other text.
    package var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

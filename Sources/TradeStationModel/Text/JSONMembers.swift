/// The top-level members of a JSON object from an untrusted source.
///
/// Foundation's decoder rejects a text that is cut off; this type still finds the members before the cut, such as a
/// refresh token. It reads in one pass without recursion, so that deep or large texts are harmless. If a name occurs
/// several times, the last value counts. ``isComplete`` tells whether the text was one complete object and nothing else.
package struct JSONMembers {
    /// The value of a member, decoded only as far as OAuth responses and token claims require it.
    package enum Value: Equatable {
        case string(String)
        /// The digits of a number as written; `NaN` and the infinities, which some servers send, are numbers too.
        case number(String)
        /// The strings of an array that contains only strings.
        case strings([String])
        /// `null`.
        case null
        /// `true`, `false`, an object or any other array.
        case other
    }

    private var members: [String: [Value]] = [:]
    /// Whether the text was one complete object.
    package private(set) var isComplete = false

    /// Reads the members of an object.
    package init(_ bytes: [UInt8]) {
        var scanner = JSONScanner(bytes, acceptsControlCharacters: true)
        scanner.skipByteOrderMark()
        guard scanner.take("{") else { return }
        if !scanner.take("}") {
            repeat {
                guard let name = scanner.string(), scanner.take(":"), let value = scanner.value() else { return }
                members[name, default: []].append(value)
            } while scanner.take(",")
            guard scanner.take("}") else { return }
        }
        isComplete = scanner.isAtEnd()
    }

    /// All values of the members with this name, in order. If the text was cut off, these are the members before the
    /// cut.
    package func values(of name: String) -> [Value] { members[name] ?? [] }

    /// The value of a member.
    package func value(_ name: String) -> Value? { members[name]?.last }

    /// The text of a member that is a string.
    package func string(_ name: String) -> String? {
        guard case .string(let text) = value(name) else { return nil }
        return text
    }

    /// The value of a member that is a number, or a string that contains only a number.
    package func number(_ name: String) -> Double? {
        switch value(name) {
        case .number(let text): return Double(text)
        case .string(let text):
            let digits = text.filter { $0 != " " }
            return digits.utf8.allSatisfy(JSONScanner.isNumberByte) ? Double(digits) : nil
        default: return nil
        }
    }

    /// The strings of a member that is a string or an array of strings.
    package func strings(_ name: String) -> [String]? {
        switch value(name) {
        case .string(let text): [text]
        case .strings(let texts): texts
        default: nil
        }
    }
}

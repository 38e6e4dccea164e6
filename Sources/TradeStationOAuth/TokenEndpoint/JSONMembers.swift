/// The top-level members of one JSON object, read without trust.
///
/// Reading takes one pass and no recursion, so that neither depth nor size can hurt. Of several members with one
/// name the last one counts. ``members`` also holds what could be read before a text broke off; only with
/// ``isComplete`` was the text one whole object and nothing else.
struct JSONMembers {
    /// A value, as far as an OAuth answer or a token's claims need it.
    enum Value: Equatable {
        case string(String)
        /// The number as it was written; `NaN` and the infinities that some servers write count as numbers.
        case number(String)
        /// The strings of an array that holds nothing else.
        case strings([String])
        /// `null`, `true`, `false`, an object or another array.
        case other
    }

    private(set) var members: [String: Value] = [:]
    private(set) var isComplete = false

    init(_ bytes: [UInt8]) {
        var scanner = JSONScanner(bytes)
        scanner.skipByteOrderMark()
        guard scanner.take("{") else { return }
        if !scanner.take("}") {
            repeat {
                guard let name = scanner.string(), scanner.take(":"), let value = scanner.value() else { return }
                members[name] = value
            } while scanner.take(",")
            guard scanner.take("}") else { return }
        }
        isComplete = scanner.isAtEnd()
    }

    /// The text of a member that is a string.
    func string(_ name: String) -> String? {
        guard case .string(let text) = members[name] else { return nil }
        return text
    }

    /// The number of a member that is a number, or a string that holds one and nothing else.
    func number(_ name: String) -> Double? {
        switch members[name] {
        case .number(let text): return Double(text)
        case .string(let text):
            let digits = text.filter { $0 != " " }
            return digits.utf8.allSatisfy(JSONScanner.isNumberByte) ? Double(digits) : nil
        default: return nil
        }
    }

    /// The strings of a member that is a string or an array of strings.
    func strings(_ name: String) -> [String]? {
        switch members[name] {
        case .string(let text): [text]
        case .strings(let texts): texts
        default: nil
        }
    }
}

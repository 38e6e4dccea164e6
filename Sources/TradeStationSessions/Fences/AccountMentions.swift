import TradeStationModel

/// All accounts that a JSON body names, at any depth: an order can contain further orders.
///
/// Every member called `AccountID` (v3) or `AccountKey` (v2) counts. If an object has several with the same name, all
/// count, because the server may use any of them.
struct AccountMentions {
    /// The ids, in lower case; nil when the body is not valid JSON, or is ambiguous.
    let ids: [String]?

    private static let maximumDepth = 64

    init(_ body: [UInt8]) {
        var walk = Walk(scanner: JSONScanner(body))
        ids = walk.value(depth: 0) && walk.scanner.isAtEnd() ? walk.ids : nil
    }

    private struct Walk {
        var scanner: JSONScanner
        var ids: [String] = []

        /// Skips one value and collects the ids in it; false when there is no valid value.
        mutating func value(depth: Int) -> Bool {
            guard depth < maximumDepth else { return false }
            if scanner.take("{") { return object(depth: depth) }
            if scanner.take("[") { return array(depth: depth) }
            return scanner.skipScalar()
        }

        private mutating func object(depth: Int) -> Bool {
            if scanner.take("}") { return true }
            repeat {
                guard let name = scanner.string(), scanner.take(":") else { return false }
                if ["accountid", "accountkey"].contains(name.lowercased()) {
                    // An id that is not a string cannot be compared.
                    guard let id = scanner.string() else { return false }
                    ids.append(id.lowercased())
                } else if !value(depth: depth + 1) {
                    return false
                }
            } while scanner.take(",")
            return scanner.take("}")
        }

        private mutating func array(depth: Int) -> Bool {
            if scanner.take("]") { return true }
            repeat {
                guard value(depth: depth + 1) else { return false }
            } while scanner.take(",")
            return scanner.take("]")
        }
    }
}

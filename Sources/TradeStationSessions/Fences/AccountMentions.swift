import TradeStationModel

/// The accounts that a JSON body names, wherever they stand in it: an order can hold further orders.
///
/// Every member called `AccountID` (v3) or `AccountKey` (v2) counts, also where a name is repeated within an object: of
/// two values a server may take the other one.
struct AccountMentions {
    /// The ids, in lower case; nil when the body cannot be read without doubt.
    let ids: [String]?

    private static let deepest = 64

    init(_ body: [UInt8]) {
        var walk = Walk(scanner: JSONScanner(body))
        ids = walk.value(depth: 0) && walk.scanner.isAtEnd() ? walk.ids : nil
    }

    private struct Walk {
        var scanner: JSONScanner
        var ids: [String] = []

        /// Steps over one value; false when it is none.
        mutating func value(depth: Int) -> Bool {
            guard depth < deepest else { return false }
            if scanner.take("{") { return object(depth: depth) }
            if scanner.take("[") { return array(depth: depth) }
            return scanner.skipScalar()
        }

        private mutating func object(depth: Int) -> Bool {
            if scanner.take("}") { return true }
            repeat {
                guard let name = scanner.string(), scanner.take(":") else { return false }
                if ["accountid", "accountkey"].contains(name.lowercased()) {
                    // A number, a list or nothing at all is no account that could be compared.
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

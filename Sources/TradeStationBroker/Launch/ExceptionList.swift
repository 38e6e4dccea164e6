import TradeStationOAuth

/// A list of hosts that are reached without a proxy, as in the variable `NO_PROXY`.
struct ExceptionList: Hashable, Sendable {
    /// The list without the entries that contain one of the proxied hosts.
    let text: String
    /// The entries that were taken out.
    let removed: [String]

    /// - Parameters:
    ///   - list: Entries, separated by commas or blanks.
    ///   - hosts: The proxied hosts.
    init(_ list: String, without hosts: Set<String>) {
        let entries = list.split { $0 == "," || $0.isWhitespace }.map(String.init)
        removed = entries.filter { Self.isTaken($0, by: hosts) }
        text = removed.isEmpty ? list : entries.filter { !Self.isTaken($0, by: hosts) }.joined(separator: ",")
    }

    private static func isTaken(_ entry: String, by hosts: Set<String>) -> Bool {
        // Some libraries write "*.example.com" for what others write ".example.com".
        let plain = entry.hasPrefix("*.") ? String(entry.dropFirst(2)) : entry
        let exceptions = ProxyExceptions(plain)
        return hosts.contains { exceptions.contain(host: $0, port: 443) }
    }
}

import Foundation

/// The hosts that are reached without a proxy: a list such as `NO_PROXY`, read as `curl(1)` does.
package struct ProxyExceptions: Sendable {
    private let entries: [Substring]

    /// - Parameter list: Entries, separated by commas or blanks.
    package init(_ list: String?) {
        entries = (list ?? "").split { $0 == "," || $0.isWhitespace }
    }

    /// Whether a host is reached without the proxy.
    ///
    /// - Parameters:
    ///   - host: A name or an address, without brackets.
    ///   - port: The port of the server.
    package func contain(host: String, port: Int) -> Bool {
        let host = Self.canonical(host)
        let address = IPAddress(host)
        return entries.contains { entry in
            if entry == "*" { return true }
            let (pattern, entryPort) = Self.parts(of: entry)
            guard entryPort == nil || entryPort == port else { return false }
            if let address { return IPRange(pattern).map { $0.contains(address) } ?? false }
            let name = Self.canonical(pattern.drop { $0 == "." })
            return !name.isEmpty && (host == name || host.hasSuffix("." + name))
        }
    }

    /// The host pattern and the port of an entry; the port is nil if it names none.
    private static func parts(of entry: Substring) -> (pattern: Substring, port: Int?) {
        if entry.hasPrefix("["), let end = entry.lastIndex(of: "]") {
            let rest = entry[entry.index(after: end)...]
            return (entry[entry.index(after: entry.startIndex)..<end], Int(rest.drop { $0 == ":" }))
        }
        let pieces = entry.split(separator: ":", omittingEmptySubsequences: false)
        // Several colons belong to an IPv6 address.
        guard pieces.count == 2, let port = Int(pieces[1]) else { return (entry, nil) }
        return (pieces[0], port)
    }

    /// The name in lower case, without the dot that may end an absolute name.
    private static func canonical(_ name: some StringProtocol) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

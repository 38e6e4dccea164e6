import Foundation

/// A request target in absolute form, as a client sends it to a proxy (RFC 9112 section 3.2.2).
struct AbsoluteURL: Hashable, Sendable {
    let scheme: String
    let authority: Authority
    /// The path and the query.
    let path: String

    /// Reads a URL; nil if the text is not a URL with a host.
    init?(_ text: String) {
        guard let separator = text.range(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...]
        let name = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let authority = Authority(name) else { return nil }
        let path = rest.dropFirst(name.count).prefix { $0 != "#" }
        self.scheme = scheme
        self.authority = authority
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
    }
}

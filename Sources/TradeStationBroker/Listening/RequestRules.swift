import NIOHTTP1

/// Rules of RFC 9112 that the parser does not check.
enum RequestRules {
    /// The status with which a request is refused; nil if it keeps the rules.
    ///
    /// A request whose end or host can be read in two ways could be understood differently by another server.
    static func refusal(of head: HTTPRequestHead) -> HTTPResponseStatus? {
        var (hosts, lengths, codings) = (0, 0, 0)
        var coding = ""
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host": hosts += 1
            case 14 where name.lowercased() == "content-length": lengths += 1
            case 17 where name.lowercased() == "transfer-encoding": (codings, coding) = (codings + 1, value)
            default: break
            }
        }
        if lengths > 1 || codings > 1 || (lengths > 0 && codings > 0) { return .badRequest }
        if codings > 0 {
            guard head.version.minor > 0 else { return .badRequest }
            if coding.lowercased() != "chunked" { return .notImplemented }
        }
        if hosts > 1 || (hosts == 0 && head.version.minor > 0 && head.method != .CONNECT) { return .badRequest }
        return nil
    }
}

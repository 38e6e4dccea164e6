import NIOCore
import NIOHTTP1

/// Answers the requests inside a tunnel to one of TradeStation's hosts.
///
/// The target of the tunnel decides. A `Host` header field with another host is refused, so that a request cannot get a
/// treatment that is meant for another host.
struct TunnelledResponder: HTTPResponder {
    let host: String
    let services: TunnelServices

    func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        do {
            let head = try Self.checked(request.head, for: host)
            await services.tunnelled.respond(to: services.request(head, request.body), with: response)
        } catch {
            await response.refuse(error)
        }
    }

    /// The head of a request in the form that a server gets it: with a path, and with the host as `Host`.
    static func checked(_ head: HTTPRequestHead, for host: String) throws(TunnelRefusal) -> HTTPRequestHead {
        let fields = head.headers[canonicalForm: "host"]
        guard fields.count == 1, let field = Authority(fields[0]), field.isDefault(for: host) else { throw .otherHost }
        guard head.method != .CONNECT else { throw .malformed }
        var head = head
        if let url = AbsoluteURL(head.uri) {
            guard url.scheme == "https", url.authority.isDefault(for: host) else { throw .otherHost }
            head.uri = url.path
        }
        guard head.uri.hasPrefix("/") else { throw .malformed }
        head.headers.replaceOrAdd(name: "Host", value: host)
        for name in ["Proxy-Authorization", "Proxy-Connection"] { head.headers.remove(name: name) }
        return head
    }
}

extension Authority {
    /// Whether this is a host, on the port of `https`.
    func isDefault(for host: String) -> Bool { self.host == host && (port ?? 443) == 443 }
}

extension ResponseWriter {
    /// Sends a refusal as the response.
    func refuse(_ refusal: TunnelRefusal) async {
        let status = HTTPResponseStatus(statusCode: refusal.status)
        // A client that is gone needs no answer.
        try? await send(
            HTTPResponseHead(version: .http1_1, status: status, headers: refusal.fields),
            body: ByteBuffer(string: refusal.body)
        )
    }
}

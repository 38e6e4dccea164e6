import NIOHTTP1

/// Answers the requests that are sent to the listener itself, outside of a tunnel.
///
/// Some clients send a whole `https` URL to a proxy instead of CONNECT. Such a request is answered like one in a tunnel.
/// Everything else is a request to the listener's own URLs.
struct PlainResponder: HTTPResponder {
    let services: TunnelServices

    func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        let isForProxy = request.head.method == .CONNECT || !request.head.uri.hasPrefix("/")
        guard isForProxy, request.head.uri != "*" else {
            return await services.direct.respond(to: services.request(request.head, request.body), with: response)
        }
        do {
            let head = try checked(request.head)
            await services.tunnelled.respond(to: services.request(head, request.body), with: response)
        } catch {
            await response.refuse(error)
        }
    }

    private func checked(_ head: HTTPRequestHead) throws(TunnelRefusal) -> HTTPRequestHead {
        let fields = head.headers[canonicalForm: "proxy-authorization"]
        guard fields.count == 1, services.password.matches(String(fields[0])) else { throw .password }
        guard head.method != .CONNECT, let url = AbsoluteURL(head.uri) else { throw .malformed }
        guard services.plan.hosts.contains(url.authority.host) else { throw .otherURL }
        guard url.scheme == "https" else { throw .unencrypted }
        guard url.authority.isDefault(for: url.authority.host) else {
            throw .otherPort(url.authority.host, url.authority.port ?? 443)
        }
        return try TunnelledResponder.checked(head, for: url.authority.host)
    }
}

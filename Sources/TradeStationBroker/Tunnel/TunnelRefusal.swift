import NIOCore
package import NIOHTTP1
import TradeStationModel

/// A refusal of a request to the proxy of a run.
package struct TunnelRefusal: Error, Hashable, Sendable {
    package let status: Int
    /// The stable code, for the header field `X-TSAccounts`.
    package let code: String
    package let message: String

    private init(_ status: Int, _ code: String, _ message: String) {
        (self.status, self.code, self.message) = (status, code, message)
    }

    /// The password is missing or wrong.
    package static let password = TunnelRefusal(
        407,
        "proxy_password",
        "This proxy belongs to a program started by tsaccounts exec: its password is in that program's HTTPS_PROXY."
    )
    /// Another user, or a process whose user is not known, has connected.
    package static let otherUser = TunnelRefusal(403, "other_user", "This proxy serves the user who started it.")
    /// The request cannot be understood.
    package static let malformed = TunnelRefusal(400, "bad_request", "This is not a request that a proxy understands.")
    /// The `Host` header field is not the host of the tunnel.
    package static let otherHost = TunnelRefusal(
        421,
        "misdirected",
        "The Host header field is not the host that this connection was opened to."
    )
    /// A request that is not encrypted, for a host that is only reached encrypted.
    package static let unencrypted = TunnelRefusal(
        403,
        "unencrypted",
        "TradeStation is reached with https only. Nothing was sent."
    )
    /// A request with a whole URL for a host that is not TradeStation's.
    package static let otherURL = TunnelRefusal(
        403,
        "not_proxied",
        "This proxy takes whole URLs of TradeStation only. Other hosts are reached with CONNECT."
    )

    /// A port of TradeStation's hosts on which its API does not listen.
    package static func otherPort(_ host: String, _ port: Int) -> TunnelRefusal {
        TunnelRefusal(403, "other_port", "Port \(port) of \(host) is not proxied, only 443. Nothing was sent.")
    }

    /// The server of a tunnel was not reached.
    package static func unreachable(_ reason: String) -> TunnelRefusal {
        TunnelRefusal(502, "server_unreachable", reason)
    }

    /// The header fields of the response, without those for its framing.
    package var fields: HTTPHeaders {
        var fields: HTTPHeaders = ["Content-Type": "application/json", "X-TSAccounts": code]
        if status == 407 { fields.add(name: "Proxy-Authenticate", value: "Basic realm=\"tsaccounts\"") }
        return fields
    }

    /// The body of the response, in the form of TradeStation's API.
    package var body: String { #"{"Error":"\#(reason)","Message":"\#(message.escapedForJSON)"}"# }

    /// The whole response, as bytes.
    ///
    /// It is not written with an HTTP encoder: after a response to CONNECT, the connection may carry another protocol.
    func response(closing: Bool) -> ByteBuffer {
        var text = "HTTP/1.1 \(status) \(reason)\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n"
        if closing { text += "Connection: close\r\n" }
        return ByteBuffer(string: text + "\r\n" + body)
    }

    private var reason: String { HTTPResponseStatus(statusCode: status).reasonPhrase }
}

extension String {
    fileprivate var escapedForJSON: String {
        String(
            unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                switch scalar {
                case "\"", "\\": ["\\", scalar]
                case _ where scalar.value < 0x20: [" "]
                default: [scalar]
                }
            }.reduce(into: String.UnicodeScalarView()) { $0.append($1) }
        )
    }
}

import NIOHTTP1

/// The header fields of a message that the proxy passes on.
///
/// Left out are those that are meant for one connection (RFC 9110 section 7.6.1), those that the proxy sets itself, and
/// those by which a server could understand a request differently than the fences did.
struct EndToEndFields {
    /// Whether the program was given a URL of this machine. Cookies of this machine belong to all of its ports, so none
    /// passes then.
    let isLocal: Bool

    private static let hopByHop: Set = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization",
        "proxy-authentication-info", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings",
    ]
    private static let replacedInRequests: Set = [
        "authorization", "host", "content-length", "expect", "accept-encoding", "origin", "referer", "forwarded", "via",
        "x-real-ip",
        // Some servers let these fields replace the method or the path.
        "x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-original-uri",
        "x-rewrite-url",
    ]
    private static let requestPrefixes = ["x-tsaccounts", "x-forwarded-", "sec-fetch-"]
    private static let responsePrefixes = ["x-tsaccounts", "access-control-"]

    /// The fields of a request for the API.
    func request(_ fields: HTTPHeaders) -> [(name: String, value: String)] {
        let named = Self.namedByConnection(fields[canonicalForm: "connection"].map(String.init))
        return fields.filter { field in
            let name = field.name.lowercased()
            return !Self.hopByHop.contains(name) && !named.contains(name) && !Self.replacedInRequests.contains(name)
                && !Self.requestPrefixes.contains(where: name.hasPrefix) && !(isLocal && name == "cookie")
        }.map { ($0.name, $0.value) }
    }

    /// The fields of a response for the program. The length of the body is among them, if the API has announced it.
    func response(_ fields: [(name: String, value: String)]) -> HTTPHeaders {
        let named = Self.namedByConnection(fields.filter { $0.name.lowercased() == "connection" }.map(\.value))
        let isChunked = fields.contains { $0.name.lowercased() == "transfer-encoding" }
        var passed = HTTPHeaders()
        for (name, value) in fields {
            let lower = name.lowercased()
            guard !Self.hopByHop.contains(lower), !named.contains(lower), lower != "alt-svc",
                !Self.responsePrefixes.contains(where: lower.hasPrefix), !(isLocal && lower == "set-cookie"),
                !(isChunked && lower == "content-length")
            else { continue }
            passed.add(name: name, value: value)
        }
        return passed
    }

    private static func namedByConnection(_ values: [String]) -> Set<String> {
        Set(
            values.flatMap { $0.split(separator: ",") }.map { name in
                String(name.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
        )
    }
}

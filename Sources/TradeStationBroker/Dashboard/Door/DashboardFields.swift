import NIOHTTP1

/// The header fields of every response of the dashboard.
enum DashboardFields {
    /// Only our own files, no frames, no forms, nothing in a cache, and no address to other sites.
    static let security: [(String, String)] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
        ),
        ("referrer-policy", "no-referrer"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin"),
    ]

    /// The head of a response.
    static func head(_ status: HTTPResponseStatus, _ type: String, _ others: [(String, String)] = [])
        -> HTTPResponseHead
    {
        HTTPResponseHead(
            version: .http1_1,
            status: status,
            headers: HTTPHeaders(security + [("content-type", type)] + others)
        )
    }
}

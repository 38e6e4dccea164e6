/// The reply of the callback to a request.
struct CallbackReply: Equatable {
    let status: Int
    let page: CallbackPage

    init(status: Int, page: CallbackPage) {
        self.status = status
        self.page = page
    }

    /// The reply to a request that is turned away.
    init(_ refusal: CallbackRefusal) {
        self.init(status: refusal.status, page: refusal.page)
    }

    /// The header fields of every page: no scripts, no caching, no referrer, one request per connection.
    var headers: [(name: String, value: String)] {
        var fields = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", String(page.html.utf8.count)),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'none'"
            ),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        if status == 405 { fields.append(("Allow", "GET, POST")) }
        return fields
    }
}

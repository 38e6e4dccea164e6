/// The parts of a request to the callback that decide how it is answered.
struct CallbackRequest {
    var method = "GET"
    /// The request target: a path with a query, or an absolute URL.
    var target: String
    /// The values of all `Host` fields.
    var hosts: [String]
    /// The fields of a posted form (response mode `form_post`); nil for every other body.
    var form: String?

    /// The path of the target.
    var path: String {
        guard let scheme = target.firstRange(of: "://"), !target.hasPrefix("/") else {
            return String(target.prefix { $0 != "?" })
        }
        return String(target[scheme.upperBound...].prefix { $0 != "?" }.drop { $0 != "/" })
    }

    /// The parameters of the authorization response; nil if a request with this method cannot contain one.
    var parameters: String? {
        switch method {
        case "GET": String(target.drop { $0 != "?" }.dropFirst())
        case "POST": form
        default: nil
        }
    }

    /// Whether this is a request that browsers send on their own, for example for an icon. No user waits for its
    /// answer.
    var isAutomatic: Bool {
        ["/favicon", "/apple-touch-icon", "/robots.txt", "/.well-known/"].contains { path.hasPrefix($0) }
    }
}

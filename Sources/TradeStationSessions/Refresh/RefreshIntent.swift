/// What a caller wants from a refresh.
enum RefreshIntent: Sendable, Hashable {
    /// A token that is valid for at least this many milliseconds, or for the
    /// ``RefreshPolicy/hardMinimum(lifetimeSeconds:)`` if that is longer.
    case validity(milliseconds: Int64)
    /// A token of a later generation than the one that the API has refused.
    case newer(than: Int)
    /// A token of a later generation than this one, which is about to expire.
    case ahead(of: Int)
    /// One exchange now, even during a backoff or with a refused API key, unless a later generation exists.
    case attempt(unlessNewerThan: Int)

    /// Whether a token satisfies the intent. This rule is defined only here.
    func isSatisfied(by lifetime: TokenLifetime, generation: Int, at now: Int64) -> Bool {
        switch self {
        case .validity(let milliseconds): lifetime.covers(milliseconds: milliseconds, at: now)
        case .newer(let old), .ahead(let old), .attempt(let old):
            generation > old && lifetime.covers(milliseconds: 0, at: now)
        }
    }

    /// The reason for the exchange, as recorded in the audit.
    var trigger: String {
        switch self {
        case .validity: "expiry"
        case .newer: "unauthorized"
        case .ahead: "ahead"
        case .attempt: "requested"
        }
    }

    /// Whether the exchange is made despite backoff and a refused API key.
    var insists: Bool {
        if case .attempt = self { true } else { false }
    }
}

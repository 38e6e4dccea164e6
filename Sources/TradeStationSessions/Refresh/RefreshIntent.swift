/// What a caller wants from a refresh.
enum RefreshIntent: Sendable, Hashable {
    /// A token with at least that many milliseconds of life, or the hard minimum where that is more.
    case validity(milliseconds: Int64)
    /// A token of a later generation than the one the API has just refused.
    case newer(than: Int)
    /// A token of a later generation than this one, which comes to its end.
    case ahead(of: Int)
    /// One exchange now, whatever the state of backoff or key, unless somebody else has brought a later generation.
    case attempt(unlessNewerThan: Int)

    /// Why the exchange is made, as the audit says it.
    var trigger: String {
        switch self {
        case .validity: "expiry"
        case .newer: "unauthorized"
        case .ahead: "ahead"
        case .attempt: "requested"
        }
    }

    /// Whether backoff and a refused key are passed over.
    var insists: Bool {
        if case .attempt = self { true } else { false }
    }
}

/// A request under a base URL of the API: where it goes, and how its errors look.
struct APICall: Sendable, Equatable {
    let base: APIBase
    /// The path's pieces after the base URL.
    let path: [String]
    let method: String

    /// v2 has error bodies of its own.
    var isVersion2: Bool { path.first == "v2" }

    /// Nil when there is nothing at this path.
    var resource: APIResource? {
        switch path.first {
        case "v3": APIResource(version3: Array(path.dropFirst()))
        case "v2" where base == .live: APIResource(version2: Array(path.dropFirst()))
        default: nil
        }
    }

    /// TradeStation's error body for this request's API version.
    func failure(_ status: Int, _ message: String) -> Answer {
        isVersion2 ? APIFailure.version2(status, message) : APIFailure.version3(status, message)
    }
}

/// A request to the API: its base URL, path and method, which also determine the format of its errors.
struct APICall: Sendable, Equatable {
    let base: APIBase
    /// The decoded path components after the base URL.
    let path: [String]
    let method: String

    /// Whether the request is for v2 of the API, which has its own error format.
    var isVersion2: Bool { path.first == "v2" }

    /// The resource at the path; nil if none exists.
    var resource: APIResource? {
        switch path.first {
        case "v3": APIResource(version3: Array(path.dropFirst()))
        case "v2" where base == .live: APIResource(version2: Array(path.dropFirst()))
        default: nil
        }
    }

    /// An error answer in the format of the request's API version.
    func failure(_ status: Int, _ message: String) -> Answer {
        isVersion2 ? APIFailure.version2(status, message) : APIFailure.version3(status, message)
    }
}

/// The API's two base URLs. Both accept the same access tokens; only the live one serves v2.
enum APIBase: String, Sendable, Codable {
    case live, sim
}

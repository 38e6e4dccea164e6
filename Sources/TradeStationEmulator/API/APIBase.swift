/// The API's two base URLs. Both take the same access tokens; v2 exists on the live one only.
enum APIBase: String, Sendable, Codable {
    case live, sim
}

import NIOHTTP1

/// The methods that are forwarded. `TRACE` would show the token that is sent, and `CONNECT` is not a request to the API.
enum ForwardableMethods {
    static let names = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    static func contains(_ method: HTTPMethod) -> Bool { names.contains(method.rawValue) }
}

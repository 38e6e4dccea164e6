import Foundation

/// An HTTP answer with helpers for tests.
struct Reply: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    /// A member of the JSON object as text; nil unless it is a string or a number.
    func member(_ name: String) throws -> String? {
        switch try object()[name] {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }

    func object() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
    }

    func objects(_ name: String) throws -> [[String: Any]] {
        try object()[name] as? [[String: Any]] ?? []
    }

    /// The decoded query parameters of the redirect URL.
    var redirectQuery: [String: String] {
        let items = URLComponents(string: headers["location"] ?? "")?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { _, last in last }
    }

    /// The claims of a JWT.
    static func claims(of token: String?) throws -> [String: Any] {
        let parts = (token ?? "").split(separator: ".")
        guard parts.count == 3 else { return [:] }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return try JSONSerialization.jsonObject(with: Data(base64Encoded: text) ?? Data()) as? [String: Any] ?? [:]
    }
}

import Foundation
import NIOHTTP1
import TradeStationModel

/// The parameters of a request to a token endpoint (RFC 6749 section 3.2).
struct TokenRequest: Hashable {
    private var values: [String: String] = [:]

    /// Reads a body: a form, or the JSON object that some programs send.
    ///
    /// - Throws: ``SignInRefusal`` `invalid_request`.
    init(_ body: [UInt8], type: String?) throws(SignInRefusal) {
        let essence = (type ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        switch essence {
        case "application/json": try readJSON(body)
        case "", "application/x-www-form-urlencoded": try readForm(body)
        default: throw .invalidRequest("The body must be a form (application/x-www-form-urlencoded).")
        }
    }

    /// The value of a parameter. An empty one counts as absent (RFC 6749 section 3.2).
    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    private mutating func readForm(_ body: [UInt8]) throws(SignInRefusal) {
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = FormEncoding.decode(parts[0]),
                let value = FormEncoding.decode(parts.count == 2 ? parts[1] : "")
            else { throw .invalidRequest("The form is not encoded correctly.") }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .invalidRequest("A parameter stands twice.")
            }
        }
    }

    private mutating func readJSON(_ body: [UInt8]) throws(SignInRefusal) {
        let json = JSONMembers(body)
        guard json.isComplete else { throw .invalidRequest("The body is not a JSON object.") }
        for name in ["grant_type", "refresh_token", "client_id"] {
            guard json.values(of: name).count <= 1 else { throw .invalidRequest("A parameter stands twice.") }
            values[name] = json.string(name)
        }
    }
}

extension HTTPHeaders {
    /// The client id in a Basic `Authorization` header field (RFC 6749 section 2.3.1); nil if there is none.
    var basicClientID: String? {
        guard let field = first(name: "authorization") else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: parts[1].filter { $0 != " " })
        else { return nil }
        return FormEncoding.decode(String(decoding: data, as: UTF8.self).prefix { $0 != ":" })
    }
}

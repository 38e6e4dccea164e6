import Foundation
import TradeStationModel

/// A complete answer of the API with any status.
public struct APIResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields, in order.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]
    /// The error for a status outside 200 to 299, otherwise nil.
    public let error: APIError?

    /// Removes tokens from a text of the server.
    let redact: @Sendable (String) -> String
    /// Whether the request may have changed something. If so, an unreadable answer does not mean that the request
    /// failed.
    let mayHaveActed: Bool

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a header field. Case in the name is ignored.
    public func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    /// Decodes the body, and the failures for single accounts, orders or symbols in it.
    ///
    /// - Throws: ``APIError`` for a status outside 200 to 299; ``AccountsError`` for a body that cannot be decoded. Its
    ///   code is `server_error` after a GET, otherwise `outcome_unknown`, because the request may have been carried
    ///   out.
    public func decoded<Value: Decodable>(as type: Value.Type) throws -> APIAnswer<Value> {
        if let error { throw error }
        do {
            let whole = try JSONDecoder().decode(BodyWithErrors<Value>.self, from: Data(body))
            return APIAnswer(value: whole.value, errors: whole.parts.map { $0.redacted(redact) }, response: self)
        } catch let error as DecodingError {
            throw AccountsError(
                mayHaveActed ? .outcomeUnknown : .serverError,
                "The API's answer (HTTP \(status)) does not have the expected form.",
                reason: redact("\(Value.self): \(Self.explanation(of: error))"),
                suggestion: mayHaveActed
                    ? "check the account's orders before you send this request again"
                    : "send the request again without the argument as:, then read the text of the answer"
            )
        }
    }

    /// Where decoding failed, without any value of the body, which may be private.
    static func explanation(of error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + [key].compactMap { $0 }).map(\.stringValue).joined(separator: ".").printable(
                limit: 120
            )
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context, key)) is missing."
        case .valueNotFound(_, let context): "\(place(context)) is null."
        case .typeMismatch(let type, let context): "\(place(context)) is not of type \(type)."
        default: "It is not JSON of the expected form."
        }
    }

    /// A body with the `Errors` that any answer to a call about several accounts, orders or symbols may contain.
    private struct BodyWithErrors<Value: Decodable>: Decodable {
        let value: Value
        let parts: [APIError.Part]

        init(from decoder: any Decoder) throws {
            value = try Value(from: decoder)
            parts = (try? APIErrorBody(from: decoder))?.errors ?? []
        }
    }
}

/// A decoded answer, and the parts that failed.
///
/// A call about several accounts is answered with 200 even if one of them failed.
public struct APIAnswer<Value> {
    /// The decoded value, without the parts that failed.
    public let value: Value
    /// The parts that failed; empty when the answer is complete.
    public let errors: [APIError.Part]
    /// The answer itself.
    public let response: APIResponse
}

extension APIAnswer: Sendable where Value: Sendable {}

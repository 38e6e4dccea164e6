import Foundation
import TradeStationModel

/// An answer of the API, whole, whatever its status.
public struct APIResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields, in order.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]
    /// What a status outside 200 to 299 meant; nil within.
    public let error: APIError?

    /// What takes tokens out of what the server said.
    let redact: @Sendable (String) -> String
    /// Whether the request may have changed something, so that it must not be taken for one that failed.
    let mayHaveActed: Bool

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a header field, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.firstValue(named: name)
    }

    /// The body as a value, with what failed in parts.
    ///
    /// - Throws: ``APIError`` for a status outside 200 to 299; for a body that is not such a value ``AccountsError``
    ///   `server_error`, and `outcome_unknown` where the request was no GET: it has been carried out, or may have been.
    public func decoded<Value: Decodable>(as type: Value.Type) throws -> APIAnswer<Value> {
        if let error { throw error }
        do {
            let whole = try JSONDecoder().decode(Whole<Value>.self, from: Data(body))
            return APIAnswer(value: whole.value, errors: whole.parts.map { $0.redacted(redact) }, response: self)
        } catch let error as DecodingError {
            throw AccountsError(
                mayHaveActed ? .outcomeUnknown : .serverError,
                "The API's answer (HTTP \(status)) is not what was expected.",
                reason: redact("\(Value.self): \(Self.explanation(of: error))"),
                suggestion: mayHaveActed
                    ? "a look at the account's orders before it is sent again" : "the raw answer, without as:"
            )
        }
    }

    /// The place of the fault and no value, which may hold anything.
    static func explanation(of error: DecodingError) -> String {
        func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + [key].compactMap { $0 }).map(\.stringValue).joined(separator: ".").printable(
                limit: 120
            )
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context, key)) is missing."
        case .valueNotFound(_, let context): "\(place(context)) is null."
        case .typeMismatch(let type, let context): "\(place(context)) is no \(type)."
        default: "It is no JSON of that shape."
        }
    }

    /// A body with the `Errors` that any answer to a call for several things may carry.
    private struct Whole<Value: Decodable>: Decodable {
        let value: Value
        let parts: [APIError.Part]

        init(from decoder: any Decoder) throws {
            value = try Value(from: decoder)
            parts = (try? APIErrorBody(from: decoder))?.parts ?? []
        }
    }
}

/// The value of an answer, and what failed in parts: a call for several accounts is answered with 200 although one of
/// them failed.
public struct APIAnswer<Value> {
    /// What was asked for, as far as it came.
    public let value: Value
    /// The parts that failed; empty when the answer is whole.
    public let errors: [APIError.Part]
    /// The answer as it came.
    public let response: APIResponse
}

extension APIAnswer: Sendable where Value: Sendable {}

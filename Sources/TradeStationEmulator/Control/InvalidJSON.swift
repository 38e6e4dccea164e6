/// A sentence that explains why JSON is invalid.
struct InvalidJSON: Error, Equatable {
    let reason: String

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }

    /// Rejects unknown keys, so that a misspelled key does not silently have no effect.
    static func refuseUnknownKeys(in decoder: any Decoder, known: [String]) throws {
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
        guard let unknown = keys.filter({ !known.contains($0) }).min() else { return }
        throw InvalidJSON(reason: "Unknown key \"\(unknown)\"; known keys: \(known.joined(separator: ", ")).")
    }

    init(reason: String) {
        self.reason = reason
    }

    init(_ error: any Error) {
        switch error {
        case let invalid as InvalidJSON: self = invalid
        case let decoding as DecodingError: reason = Self.describe(decoding)
        default: reason = "The body is not JSON."
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\"\(key.stringValue)\" is missing\(place(context))."
        case .typeMismatch(_, let context): "A value has the wrong type\(place(context))."
        case .valueNotFound(_, let context): "A value is null\(place(context))."
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "The body is not JSON."
        case .dataCorrupted(let context): context.debugDescription + place(context)
        @unknown default: "The JSON is not as expected."
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        guard !context.codingPath.isEmpty else { return "" }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
        return " (at \(path.drop { $0 == "." }))"
    }
}

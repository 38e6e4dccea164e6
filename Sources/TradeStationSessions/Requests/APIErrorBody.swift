import TradeStationModel
import TradeStationOAuth

/// What an error body of the API may hold. Members of another type count as absent.
struct APIErrorBody: Decodable {
    let error: String?
    let message: String?
    let traceID: String?
    let parts: [APIError.Part]

    private enum Member: String, CodingKey {
        case error = "Error"
        case message = "Message"
        case traceID = "TraceId"
        case parts = "Errors"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        error = try? object.decodeIfPresent(String.self, forKey: .error)
        message = try? object.decodeIfPresent(String.self, forKey: .message)
        traceID = try? object.decodeIfPresent(String.self, forKey: .traceID)
        parts = (try? object.decodeIfPresent([APIError.Part].self, forKey: .parts)) ?? []
    }
}

extension APIError.Part: Decodable {
    private enum Member: String, CodingKey {
        case accountID = "AccountID"
        case orderID = "OrderID"
        case symbol = "Symbol"
        case error = "Error"
        case message = "Message"
    }

    /// Reads one; members that are missing or of another type are nil.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        func text(_ member: Member) -> String? { try? object.decodeIfPresent(String.self, forKey: member) }
        accountID = text(.accountID)
        orderID = text(.orderID)
        symbol = text(.symbol)
        error = text(.error)
        message = text(.message)
    }

    private init(_ texts: [String?]) {
        accountID = texts[0]
        orderID = texts[1]
        symbol = texts[2]
        error = texts[3]
        message = texts[4]
    }

    /// The same without what it says of a token.
    func redacted(_ token: Secret) -> APIError.Part {
        APIError.Part(
            [accountID, orderID, symbol, error, message].map { text in
                text.map { Redaction.printable($0, without: [token], limit: 500) }
            }
        )
    }
}

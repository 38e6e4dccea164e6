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
        parts = (try? object.decodeIfPresent([AnyPart].self, forKey: .parts))?.map(\.part) ?? []
    }

    /// A part, or what stands in a part's place: that something failed counts, whatever it is said with.
    private struct AnyPart: Decodable {
        let part: APIError.Part

        init(from decoder: any Decoder) {
            part = (try? APIError.Part(from: decoder)) ?? APIError.Part()
        }
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

    /// One that says nothing.
    init() {
        (accountID, orderID, symbol, error, message) = (nil, nil, nil, nil, nil)
    }

    /// The same with every text as `redact` leaves it.
    func redacted(_ redact: (String) -> String) -> APIError.Part {
        APIError.Part(
            accountID: accountID.map(redact),
            orderID: orderID.map(redact),
            symbol: symbol.map(redact),
            error: error.map(redact),
            message: message.map(redact)
        )
    }
}

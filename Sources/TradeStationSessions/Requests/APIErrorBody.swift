import TradeStationModel
import TradeStationOAuth

/// The members of an API error body. Members with an unexpected type count as missing.
struct APIErrorBody: Decodable {
    let error: String?
    let message: String?
    let traceID: String?
    let errors: [APIError.Part]

    private enum Member: String, CodingKey {
        case error = "Error"
        case message = "Message"
        case traceID = "TraceId"
        case errors = "Errors"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        error = try? object.decodeIfPresent(String.self, forKey: .error)
        message = try? object.decodeIfPresent(String.self, forKey: .message)
        traceID = try? object.decodeIfPresent(String.self, forKey: .traceID)
        errors = (try? object.decodeIfPresent([AnyPart].self, forKey: .errors))?.map(\.part) ?? []
    }

    /// An element of `Errors`. Any JSON value is accepted: even one that cannot be read means that something failed.
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

    /// Decodes a part. Members that are missing or have an unexpected type are nil.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        func text(_ member: Member) -> String? { try? object.decodeIfPresent(String.self, forKey: member) }
        accountID = text(.accountID)
        orderID = text(.orderID)
        symbol = text(.symbol)
        error = text(.error)
        message = text(.message)
    }

    /// A part without any details.
    init() {
        (accountID, orderID, symbol, error, message) = (nil, nil, nil, nil, nil)
    }

    /// A copy with `redact` applied to every text.
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

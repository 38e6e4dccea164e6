/// One JSON object of a stream, by its meaning: an element for the program, or a message to this library.
enum StreamObject<Element: Decodable>: Decodable {
    case element(Element)
    /// A heartbeat, or a status that needs no action.
    case idle
    case endOfSnapshot
    case goAway
    /// An object with an `Error`, except `GoAway`.
    case error(APIError.Part)

    private enum Member: String, CodingKey {
        case error = "Error"
        case heartbeat = "Heartbeat"
        case status = "StreamStatus"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        if let title = try? object.decodeIfPresent(String.self, forKey: .error), !title.isEmpty {
            let part = try APIError.Part(from: decoder)
            // Market data sends `GoAway` as an error; orders and positions send it as a status (OpenAPI file).
            self = title == "GoAway" ? .goAway : .error(part)
        } else if let status = try? object.decodeIfPresent(String.self, forKey: .status) {
            switch status {
            case "EndSnapshot": self = .endOfSnapshot
            case "GoAway": self = .goAway
            default: self = .idle
            }
        } else if object.contains(.heartbeat) {
            self = .idle
        } else {
            self = .element(try Element(from: decoder))
        }
    }
}

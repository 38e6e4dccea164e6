/// A command for open streams in JSON format:
/// `{"do":"send","objects":[…],"to":{"kind":"quotes"}}`, `{"do":"go_away"}`, ….
struct StreamCommand: Decodable, Sendable {
    private enum Action: Sendable {
        case send([String])
        case text(String)
        case next, heartbeat
        case strike(StreamTrouble)
    }

    private let action: Action
    private let selection: StreamSelection

    enum CodingKeys: String, CodingKey, CaseIterable {
        case action = "do"
        case objects, text, error, message
        case selection = "to"
    }

    init(from decoder: any Decoder) throws {
        try InvalidJSON.refuseUnknownKeys(in: decoder, known: CodingKeys.allCases.map(\.rawValue))
        let command = try decoder.container(keyedBy: CodingKeys.self)
        selection = try command.decodeIfPresent(StreamSelection.self, forKey: .selection) ?? .all
        let name = try command.decode(String.self, forKey: .action)
        switch name {
        case "send":
            if let text = try command.decodeIfPresent(String.self, forKey: .text) {
                action = .text(text)
            } else {
                action = .send(try command.decode([JSONValue].self, forKey: .objects).map { JSONText.encode($0) })
            }
        case "next": action = .next
        case "heartbeat": action = .heartbeat
        default:
            let title = try command.decodeIfPresent(String.self, forKey: .error)
            let message = try command.decodeIfPresent(String.self, forKey: .message)
            guard let trouble = StreamTrouble(name: name, title: title, message: message) else {
                throw InvalidJSON(
                    reason: "\"do\" must be send, next, heartbeat, \(StreamTrouble.names), not \"\(name)\"."
                )
            }
            action = .strike(trouble)
        }
    }

    /// Runs the command; returns the number of affected streams.
    func run(on streams: EmulatedStreams) -> Int {
        switch action {
        case .send(let objects): streams.send(objects, to: selection)
        case .text(let text): streams.send(text: text, to: selection)
        case .next: streams.sendNext(to: selection)
        case .heartbeat: streams.sendHeartbeat(to: selection)
        case .strike(let trouble): streams.strike(trouble, to: selection)
        }
    }
}

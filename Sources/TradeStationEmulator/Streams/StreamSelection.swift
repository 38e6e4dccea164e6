/// A selection of open streams: those that meet all its conditions.
public struct StreamSelection: Sendable, Equatable, Codable {
    /// The id of the stream; nil selects streams with any id.
    public var id: Int?
    /// The content of the streams; nil selects streams with any content.
    public var kind: EmulatedStream.Kind?
    /// The user of the streams; nil selects the streams of all users.
    public var username: String?
    /// A text with which the streams' paths end; nil selects streams with any path.
    public var path: String?

    /// Creates a selection; without conditions it contains every stream.
    public init(id: Int? = nil, kind: EmulatedStream.Kind? = nil, username: String? = nil, path: String? = nil) {
        self.id = id
        self.kind = kind
        self.username = username
        self.path = path
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, kind, username, path
    }

    /// Decodes a selection; an unknown key is an error, because ignoring it would select more streams.
    public init(from decoder: any Decoder) throws {
        try InvalidJSON.refuseUnknownKeys(in: decoder, known: CodingKeys.allCases.map(\.rawValue))
        let selection = try decoder.container(keyedBy: CodingKeys.self)
        id = try selection.decodeIfPresent(Int.self, forKey: .id)
        kind = try selection.decodeIfPresent(EmulatedStream.Kind.self, forKey: .kind)
        username = try selection.decodeIfPresent(String.self, forKey: .username)
        path = try selection.decodeIfPresent(String.self, forKey: .path)
    }

    /// Every open stream.
    public static let all = StreamSelection()

    /// Only this stream.
    public static func only(_ stream: EmulatedStream) -> StreamSelection {
        StreamSelection(id: stream.id)
    }

    func includes(_ stream: OpenStream) -> Bool {
        (id ?? stream.id) == stream.id
            && (kind ?? stream.plan.subject.kind) == stream.plan.subject.kind
            && (username ?? stream.plan.username) == stream.plan.username
            && stream.plan.path.hasSuffix(path ?? "")
    }
}

/// A fault in the JSON format of a fault script.
struct ScriptedFault: Codable, Sendable {
    let fault: EmulatorFault

    enum CodingKeys: String, CodingKey, CaseIterable {
        case at, when, action = "do", seconds, status, headers, body, error, message, objects, times
    }

    init(_ fault: EmulatorFault) {
        self.fault = fault
    }

    init(from decoder: any Decoder) throws {
        try InvalidJSON.refuseUnknownKeys(in: decoder, known: CodingKeys.allCases.map(\.rawValue))
        let line = try decoder.container(keyedBy: CodingKeys.self)
        let name = try line.decode(String.self, forKey: .action)
        let when = try line.decodeIfPresent(EmulatorFault.Time.self, forKey: .when)
        let times = try line.decodeIfPresent(Int.self, forKey: .times) ?? 1
        guard (1...FaultScript.maximumTimes).contains(times) else {
            throw InvalidJSON(reason: "\"times\" must be between 1 and \(FaultScript.maximumTimes).")
        }
        let place = try line.decode(EmulatorFault.Place.self, forKey: .at)
        let action: EmulatorFault.Action
        switch name {
        case "close": action = .close
        case "hang": action = .hang(seconds: try Self.seconds(line))
        case "delay": action = .delay(seconds: try Self.seconds(line))
        case "respond": action = try Self.response(line)
        case "truncate":
            guard when != .before else {
                throw InvalidJSON(reason: "\"truncate\" shortens the normal answer, so \"when\" must be \"after\".")
            }
            action = .truncate
        default: action = try Self.stream(name, at: place, line)
        }
        fault = EmulatorFault(
            at: place,
            when: when ?? .before,
            action,
            times: times
        )
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: CodingKeys.self)
        try line.encode(fault.place, forKey: .at)
        try line.encode(fault.time, forKey: .when)
        try line.encode(fault.times, forKey: .times)
        try line.encode(fault.action.name, forKey: .action)
        switch fault.action {
        case .close, .truncate: break
        case .hang(let seconds), .delay(let seconds): try line.encode(seconds, forKey: .seconds)
        case .respond(let status, let headers, let body):
            try line.encode(status, forKey: .status)
            try line.encode(headers, forKey: .headers)
            try line.encode(body, forKey: .body)
        case .stream(let trouble, let objects):
            try line.encode(objects, forKey: .objects)
            guard trouble != .dualLogon, case .error(let title, let message) = trouble else { break }
            try line.encode(title, forKey: .error)
            try line.encode(message, forKey: .message)
        }
    }

    private static func stream(
        _ name: String,
        at place: EmulatorFault.Place,
        _ line: KeyedDecodingContainer<CodingKeys>
    ) throws -> EmulatorFault.Action {
        let usual = "close, hang, delay, respond or truncate"
        guard place == .stream else { throw InvalidJSON(reason: "\"do\" must be \(usual), not \"\(name)\".") }
        let title = try line.decodeIfPresent(String.self, forKey: .error)
        let message = try line.decodeIfPresent(String.self, forKey: .message)
        guard let trouble = StreamTrouble(name: name, title: title, message: message) else {
            throw InvalidJSON(
                reason: "\"do\" must be \(usual), or a stream fault (\(StreamTrouble.names)), not \"\(name)\"."
            )
        }
        let objects = try line.decodeIfPresent(Int.self, forKey: .objects) ?? 0
        guard objects >= 0 else { throw InvalidJSON(reason: "\"objects\" must be 0 or more.") }
        return .stream(trouble, afterObjects: objects)
    }

    private static func seconds(_ line: KeyedDecodingContainer<CodingKeys>) throws -> Double {
        let seconds = try line.decode(Double.self, forKey: .seconds)
        guard (0...FaultScript.maximumWaitSeconds).contains(seconds) else {
            throw InvalidJSON(reason: "\"seconds\" must be between 0 and \(Int(FaultScript.maximumWaitSeconds)).")
        }
        return seconds
    }

    private static func response(_ line: KeyedDecodingContainer<CodingKeys>) throws -> EmulatorFault.Action {
        let status = try line.decode(Int.self, forKey: .status)
        guard (200...599).contains(status) else {
            throw InvalidJSON(reason: "\"status\" must be between 200 and 599.")
        }
        let headers = try line.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        for (name, value) in headers {
            guard name.wholeMatch(of: /[A-Za-z0-9!#$%&'*+\-.^_`|~]+/) != nil else {
                throw InvalidJSON(reason: "\"\(name)\" is not a valid header name.")
            }
            guard !["content-length", "transfer-encoding"].contains(name.lowercased()) else {
                throw InvalidJSON(reason: "A script cannot set the header \(name); the emulator sets it.")
            }
            guard value.utf8.allSatisfy({ $0 == 9 || (32...126).contains($0) }) else {
                throw InvalidJSON(reason: "The value of \(name) must be printable ASCII.")
            }
        }
        return .respond(
            status: status,
            headers: headers,
            body: try line.decodeIfPresent(String.self, forKey: .body) ?? ""
        )
    }
}

extension EmulatorFault.Action {
    /// The name of the action in scripts and in the log.
    var name: String {
        switch self {
        case .close: "close"
        case .hang: "hang"
        case .delay: "delay"
        case .respond: "respond"
        case .truncate: "truncate"
        case .stream(let trouble, _): trouble.name
        }
    }
}

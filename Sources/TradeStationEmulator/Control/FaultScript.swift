/// Faults in JSON format: `{"faults":[{"at":…,"when":…,"do":…}]}`.
struct FaultScript: Sendable, Equatable {
    static let maximumWaitSeconds = 3600.0
    static let maximumTimes = 1_000_000

    var faults: [EmulatorFault]

    init(_ faults: [EmulatorFault]) {
        self.faults = faults
    }

    init(json: String) throws(InvalidJSON) {
        faults = try JSONText.decode(Script.self, from: json).faults.map(\.fault)
    }

    var json: String {
        JSONText.encode(Script(faults: faults.map(ScriptedFault.init)))
    }

    private struct Script: Codable {
        let faults: [ScriptedFault]

        init(faults: [ScriptedFault]) {
            self.faults = faults
        }

        init(from decoder: any Decoder) throws {
            try InvalidJSON.refuseUnknownKeys(in: decoder, known: ["faults"])
            faults = try decoder.container(keyedBy: CodingKeys.self).decode([ScriptedFault].self, forKey: .faults)
        }
    }
}

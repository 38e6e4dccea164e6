/// Faults as JSON, in and out: `{"faults":[{"at":…,"when":…,"do":…}]}`.
struct FaultScript: Sendable, Equatable {
    static let longestWait = 3600.0
    static let mostTimes = 1_000_000

    var faults: [EmulatorFault]

    init(_ faults: [EmulatorFault]) {
        self.faults = faults
    }

    init(json: String) throws(InvalidJSON) {
        faults = try JSONText.decode(Script.self, from: json).faults.map(\.fault)
    }

    var json: String {
        JSONText.encode(Script(faults: faults.map(FaultLine.init)))
    }

    private struct Script: Codable {
        let faults: [FaultLine]

        init(faults: [FaultLine]) {
            self.faults = faults
        }

        init(from decoder: any Decoder) throws {
            try InvalidJSON.refuseUnknownKeys(in: decoder, known: ["faults"])
            faults = try decoder.container(keyedBy: CodingKeys.self).decode([FaultLine].self, forKey: .faults)
        }
    }
}

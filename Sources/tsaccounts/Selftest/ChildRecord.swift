import TradeStationSessions

/// One process of a self-test, as recorded in `processes.jsonl`.
struct ChildRecord: Sendable {
    let round: Int
    let profile: String
    let processID: Int32
    let outcome: ChildOutcome

    var json: JSONText {
        var (word, access, code): (String, String?, String?) = ("killed", nil, nil)
        switch outcome {
        case .served(let fingerprint): (word, access) = ("served", fingerprint)
        case .failed(let failure): (word, code) = ("failed", failure)
        case .killed: break
        }
        return .object([
            ("round", .integer(Int64(round))), ("profile", .string(profile)), ("pid", .integer(Int64(processID))),
            ("outcome", .string(word)), ("access_fp", .optional(access)), ("code", .optional(code)),
        ])
    }
}

/// The answer of a `respond` fault. An API error without a body gets TradeStation's error body.
struct ScriptedAnswer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    func answer(at endpoint: Endpoint) -> Answer {
        var answer = Answer(status: status, body: body)
        if case .api(let call) = endpoint, body.isEmpty, status >= 400 {
            answer = call.failure(status, "Scripted by the emulator.")
        }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            answer.fields.removeAll { $0.name == name.lowercased() }
            answer.fields.append(Answer.Field(name: name.lowercased(), value: value))
        }
        if !body.isEmpty, !answer.fields.contains(where: { $0.name == "content-type" }) {
            answer.fields.append(Answer.Field(name: "content-type", value: "application/json"))
        }
        return answer
    }
}

import Foundation
import NIOCore
import NIOHTTP1
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

/// An agent on a Unix socket, with an emulator and a clock that only the test moves.
struct AgentStage {
    let tradeStation: EmulatedTradeStation
    let agent: Agent
    let path: String

    static let store = "1-2"

    static func with(
        emulator configuration: EmulatorConfiguration = EmulatorConfiguration(),
        mounts: AgentMounts = AgentMounts(),
        _ body: (AgentStage) async throws -> Void
    ) async throws {
        try await withTradeStation(profiles: [.sim], emulator: configuration) { tradeStation in
            try await SocketPlace.with { place in
                let agent = Agent(
                    tradeStation.manager,
                    store: StoreIdentity(text: store),
                    texts: AgentTexts(
                        profiles: { JSONText.array($0.names.map { .string($0) }).line },
                        profile: { JSONText.string($0.name.text).line },
                        suggestion: { $0 }
                    ),
                    mounts: mounts,
                    clock: tradeStation.clock
                )
                let listener = try await place.listen(agent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await agent.run(on: listener) }
                    defer { group.cancelAll() }
                    try await body(AgentStage(tradeStation: tradeStation, agent: agent, path: place.path))
                }
            }
        }
    }

    /// Sends a request on a new connection.
    func ask(_ target: String, method: String = "GET", fields: String = "") async throws -> AgentAnswer {
        let text = try await RawClient(path: path).ask(
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(fields)\r\n"
        )
        guard let answer = AgentAnswer(Array(text.utf8)) else { throw Incomplete(text: text) }
        return answer
    }

    /// The text member of an answer.
    func text(_ member: String, of answer: AgentAnswer) -> String? {
        JSONMembers(Array(answer.line.utf8)).string(member)
    }

    struct Incomplete: Error {
        let text: String
    }
}

import Glibc
import NIOCore
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct AgentClientTests {
    private static let name = "sim"

    /// - Parameter patience: Long by default, because an agent on a busy machine may take its time.
    private func token(
        at path: String,
        store: String = AgentStage.store,
        patience: Int64 = 60_000
    ) async throws -> String? {
        let client = AgentClient(socket: path, store: StoreIdentity(text: store), patience: patience)
        let name = try ProfileName(Self.name)
        return await BlockingWork.run { client.token(of: name, minValidity: 0) }
    }

    @Test func `a fresh token comes from the agent of the same store only`() async throws {
        try await AgentStage.with { stage in
            let wanted = try await stage.ask("/v1/profiles/sim/token").line
            #expect(try await token(at: stage.path) == wanted)
            #expect(try await token(at: stage.path, store: "3-4") == nil)
        }
    }

    @Test func `there is no token without an agent, at the socket of a dead one, and from one that never answers`()
        async throws
    {
        try await SocketPlace.with { place in
            let absent = try await token(at: place.path)
            #expect(absent == nil)
            let descriptor = UnixAddress.makeSocket()
            #expect(UnixAddress.bind(descriptor, to: place.path))
            #expect(try await token(at: place.path) == nil)
            // Connections wait in the queue of the socket, and nobody takes them.
            #expect(listen(descriptor, 5) == 0)
            #expect(try await token(at: place.path, patience: 50) == nil)
            close(descriptor)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-TSAccounts-Store: 1-2\r\nX-TSAccounts-Version: 0.0.1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "",
        "nonsense",
    ])
    func `an answer of another version, or one that is not complete, is not used`(answer: String) async throws {
        try await SocketPlace.with { place in
            let listener = try await RawServer.start(path: place.path, answer: answer)
            #expect(try await token(at: place.path) == nil)
            try await listener.close()
        }
    }
}

import Foundation
import Synchronization
import Testing

@testable import TradeStationOAuth

/// The lookup of names, which comes before connecting.
@Suite struct NameLookUpTests {
    /// A lookup that answers when the test says so, and from then on at once.
    private final class HeldLookUp: Sendable {
        let count = Atomic(0)
        private let gate = DispatchSemaphore(value: 0)
        private let (begins, begun) = AsyncStream.makeStream(of: Void.self)

        func run(_ answer: NameResolver.Answer) -> NameResolver.Answer {
            count.add(1, ordering: .relaxed)
            begun.yield()
            gate.wait()
            gate.signal()
            return answer
        }

        func waitForBegin() async { _ = await begins.first { _ in true } }

        func end() { gate.signal() }
    }

    private func request(_ url: String) -> HTTPExchangeRequest {
        HTTPExchangeRequest(method: "POST", url: url, headers: [("Connection", "close")], body: Array("a=b".utf8))
    }

    private func failure(
        _ url: String,
        _ resolver: NameResolver,
        sleep: @escaping @Sendable (Int) async throws -> Void = HTTPTransport.systemSleep
    ) async -> TransportFailure? {
        let transport = HTTPTransport(
            configuration: TransportConfiguration(replyMilliseconds: 60_000, lookUpMilliseconds: 60_000),
            resolver: resolver,
            sleep: sleep
        )
        do throws(TransportFailure) {
            _ = try await transport.execute(request(url))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a resolver that hangs ends with the limit for the lookup, and is named`() async {
        let lookUp = HeldLookUp()
        defer { lookUp.end() }
        // The limit passes at once.
        let failure = await failure("https://auth.corp.test/", NameResolver { _ in lookUp.run(.failed) }) { _ in }
        #expect(failure?.stage == .notSent)
        #expect(failure?.reason == .resolverSilent)
        #expect(
            failure?.explanation
                == """
                The name of auth.corp.test could not be looked up in time: the name servers in /etc/resolv.conf do not \
                answer.
                """
        )
        #expect(failure?.suggestion?.hasPrefix("getent hosts auth.corp.test") == true)
    }

    @Test func `a name that does not exist is told from a resolver that fails`() async {
        let unknown = await failure("https://auth.corp.test/", NameResolver { _ in .unknownName })
        #expect(unknown?.reason == .nameNotResolved)
        let failed = await failure("https://auth.corp.test/", NameResolver { _ in .failed })
        #expect(failed?.reason == .resolverFailed)
        #expect(failed?.stage == .notSent)
    }

    @Test func `nothing else looks the name up, so that connecting has all of its time`() async throws {
        let steps = Mutex<[String]>([])
        let status = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: "")
        } while: { server in
            let resolver = NameResolver { name in
                steps.withLock { $0.append(name) }
                return .addresses(["127.0.0.1"])
            }
            let transport = HTTPTransport(resolver: resolver)
            // The system's resolver does not know this name.
            let url = "http://auth.corp.test:\(server.port)/"
            var statuses: [Int] = []
            for _ in 0..<3 {
                statuses.append(
                    try await transport.execute(request(url)) { steps.withLock { $0.append("connect") } }.status
                )
            }
            await transport.shutdown()
            #expect(server.requests.first?.lowercased().contains("host: auth.corp.test:\(server.port)\r\n") == true)
            return statuses
        }
        #expect(status == [200, 200, 200])
        #expect(steps.withLock { $0 } == ["auth.corp.test", "connect", "connect", "connect"])
    }

    @Test func `an address that refuses is followed by the next one, which comes first from then on`() async throws {
        let lookUps = Atomic(0)
        try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: "")
        } while: { server -> Void in
            let resolver = NameResolver { _ in
                lookUps.add(1, ordering: .relaxed)
                return .addresses(["::1", "127.0.0.1"])
            }
            let transport = HTTPTransport(resolver: resolver)
            let reply = try await transport.execute(request("http://auth.corp.test:\(server.port)/"))
            #expect(reply.status == 200)
            #expect(resolver.knownAddresses(of: "auth.corp.test") == ["127.0.0.1", "::1"])
            #expect(server.requests.count == 1)
            await #expect(throws: TransportFailure.self) {
                try await transport.execute(request("http://auth.corp.test:\(RawSocket.freePort())/"))
            }
            // No address could be reached: the name is looked up again the next time.
            #expect(resolver.knownAddresses(of: "auth.corp.test") == nil)
            await transport.shutdown()
        }
        #expect(lookUps.load(ordering: .relaxed) == 1)
    }

    @Test func `callers share the lookup of a name, and each may leave it`() async {
        let lookUp = HeldLookUp()
        let resolver = NameResolver { _ in lookUp.run(.addresses(["192.0.2.1"])) }
        let leaving = Task { await resolver.answer(for: "a.test") }
        await lookUp.waitForBegin()
        let staying = (0..<100).map { _ in Task { await resolver.answer(for: "a.test") } }
        leaving.cancel()
        #expect(await leaving.value == nil)
        lookUp.end()
        for task in staying { #expect(await task.value == .addresses(["192.0.2.1"])) }
        // A task that begins after the end needs a lookup of its own.
        #expect(lookUp.count.load(ordering: .relaxed) <= 100)
    }

    @Test func `closing ends every wait, and no later lookup begins`() async {
        let lookUp = HeldLookUp()
        defer { lookUp.end() }
        let resolver = NameResolver { _ in lookUp.run(.failed) }
        let waiting = Task { await resolver.answer(for: "a.test") }
        await lookUp.waitForBegin()
        resolver.close()
        #expect(await waiting.value == nil)
        #expect(await resolver.answer(for: "b.test") == nil)
    }

    @Test func `addresses of both families take turns, and one that does not answer leaves time for the next`() throws {
        let destination = try #require(Destination("https://auth.corp.test/"))
        let routes = Route.all(
            to: destination,
            through: nil,
            at: ["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"],
            connectMilliseconds: 3_000
        )
        #expect(routes.map(\.address) == ["2001:db8::1", "192.0.2.1", "2001:db8::2"])
        #expect(routes.map(\.connectMilliseconds) == [1_000, 1_000, 3_000])
        #expect(routes.allSatisfy { $0.name == "auth.corp.test" && $0.proxy == nil })
    }

    @Test func `the system's resolver knows this machine, and an address needs no lookup`() async {
        guard case .addresses(let addresses) = await NameResolver().answer(for: "localhost") else {
            Issue.record("localhost has no address.")
            return
        }
        #expect(addresses.allSatisfy { ["127.0.0.1", "::1"].contains($0) })
        #expect(NameResolver().knownAddresses(of: "192.0.2.1") == ["192.0.2.1"])
    }
}

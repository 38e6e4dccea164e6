import NIOCore
import NIOHTTP1
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

/// Requests for TradeStation's own hosts, as a program sends them that knows no proxy.
@Suite struct HostResponderTests {
    /// Runs `body` with a client whose requests are those inside a tunnel.
    private func with(
        _ profile: TestProfile,
        others: [TestProfile] = [],
        _ body: (RawClient, EmulatedTradeStation) async throws -> Void
    ) async throws {
        try await withTradeStation(profiles: [profile] + others) { tradeStation in
            let session = try await tradeStation.manager.session(named: profile.name)
            let proxied = ProxiedProfile(
                session,
                of: tradeStation.manager,
                door: .exec,
                handles: HandleIssuer(),
                clock: tradeStation.clock
            )
            let responder = HostResponder(proxied, hosts: ProxiedHosts(for: session.profile))
            try await HTTPListener.withLoopback(responder) { client, _ in try await body(client, tradeStation) }
        }
    }

    private func ask(_ client: RawClient, _ target: String, host: String, body: String = "") async throws -> ProxyAnswer
    {
        try ProxyAnswer(
            await client.ask(
                "\(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\nOrigin: https://app.example\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        )
    }

    private static let accounts = "GET /v3/brokerage/accounts"

    @Test(arguments: ["sim-api.tradestation.com", "sim.api.tradestation.com", "SIM-API.tradestation.com."])
    func `a simulator profile answers for the simulator's hosts`(_ host: String) async throws {
        try await with(.sim) { client, _ in
            let answer = try await ask(client, Self.accounts, host: host)
            #expect(answer.status == 200)
            #expect(answer.body.contains("SIM1100001M"))
        }
    }

    @Test func `a simulator profile sends nothing to the host of real accounts`() async throws {
        try await with(.sim) { client, tradeStation in
            for target in [Self.accounts, "POST /v3/orderexecution/orders?x=secret"] {
                let answer = try await ask(client, target, host: "api.tradestation.com", body: "{}")
                #expect(answer.status == 403)
                #expect(answer.fields["x-tsaccounts"] == "fenced")
                #expect(answer.member("Error") == "Forbidden")
                #expect(answer.member("Message")?.contains("api.tradestation.com") == true)
            }
            #expect(tradeStation.emulator.counts.apiRequests == 0)
            let rows = try await tradeStation.manager.registry.auditRecords(AuditQuery())
                .filter { $0.text("event") == "fenced" }
            #expect(rows.map { $0.text("outcome") } == ["environment", "environment"])
            #expect(
                rows.last?.text("detail")
                    == #"{"host":"api.tradestation.com","method":"POST","path":"/v3/orderexecution/orders"}"#
            )
        }
    }

    @Test func `a live profile answers for both environments`() async throws {
        try await with(.live, others: [.sim]) { client, _ in
            let live = try await ask(client, Self.accounts, host: "api.tradestation.com")
            #expect(live.status == 200 && !live.body.contains("SIM1100001M"))
            let sim = try await ask(client, Self.accounts, host: "sim-api.tradestation.com")
            #expect(sim.status == 200 && sim.body.contains("SIM1100001M"))
        }
    }

    @Test func `the sign-in server is emulated`() async throws {
        try await with(.sim) { client, tradeStation in
            let form = "grant_type=refresh_token&refresh_token=x&client_id=\(EmulatorConfiguration().clientID)"
            let answer = try await ask(client, "POST /oauth/token", host: "signin.tradestation.com", body: form)
            #expect(answer.status == 200)
            #expect(answer.member("access_token") != nil)
            let code = try await ask(
                client,
                "POST /oauth/token",
                host: "signin.tradestation.com",
                body: "grant_type=authorization_code&code=x"
            )
            #expect(code.member("error") == "unsupported_grant_type")
            #expect(tradeStation.emulator.counts.refreshes == 0)
            #expect(tradeStation.emulator.counts.exchanges == 1)
        }
    }

    @Test(arguments: ["www.tradestation.com", "evil.example", "api.tradestation.com.evil.example", "127.0.0.1"])
    func `another host is misdirected`(_ host: String) async throws {
        try await with(.live) { client, tradeStation in
            let answer = try await ask(client, Self.accounts, host: host)
            #expect(answer.status == 421)
            #expect(tradeStation.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `paths that a server could resolve differently are refused here, too`() async throws {
        try await with(.live) { client, tradeStation in
            for path in ["/v3/../v3/brokerage/accounts", "/v3/a%2fb", "//evil.example/v3", "http://evil.example/v3/a"] {
                let answer = try await ask(client, "GET \(path)", host: "api.tradestation.com")
                #expect(answer.status == 400)
            }
            #expect(tradeStation.emulator.counts.apiRequests == 0)
        }
    }

    @Test func `a profile with hosts of its own answers for these, too`() async throws {
        try await withTradeStation(profiles: [.sim]) { tradeStation in
            var record = try await tradeStation.manager.session(named: "sim").profile
            // The emulator is reached without TLS, so programs need no proxy to it.
            #expect(ProxiedHosts(for: record).names.count == 4)
            record.profile.apiURL = try EndpointURL("https://Gateway.example/ts")
            record.apiKey.registration.tokenURL = try EndpointURL("https://login.example:443/oauth/token")
            let hosts = ProxiedHosts(for: record)
            #expect(hosts.role(of: "gateway.example") == .api(.sim))
            #expect(hosts.role(of: "login.example") == .signIn)
            record.profile.apiURL = try EndpointURL("https://gateway.example:8443")
            #expect(ProxiedHosts(for: record).role(of: "gateway.example") == nil)
            // No setting of a profile changes what TradeStation's hosts are.
            record.profile.apiURL = try EndpointURL("https://api.tradestation.com")
            #expect(ProxiedHosts(for: record).role(of: "api.tradestation.com") == .api(.live))
        }
    }
}

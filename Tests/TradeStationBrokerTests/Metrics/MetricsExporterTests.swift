import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationBroker
@testable import TradeStationSessions

@Suite struct MetricsExporterTests {
    private func withExporter(
        anonymous: Bool = false,
        _ body: (MetricsExporter, EmulatedTradeStation) async throws -> Void
    ) async throws {
        let registry = MetricsRegistry()
        let profiles = [
            TestProfile("paper", .sim), TestProfile("guest", .sim, user: EmulatorUser.defaults[1].username),
        ]
        try await withTradeStation(profiles: profiles, configure: { $0.metrics = registry }) { station in
            let exporter = MetricsExporter(
                registry: registry,
                manager: station.manager,
                labels: ProfileLabels(isAnonymous: anonymous),
                now: { station.clock.wallTime() },
                others: { [MetricFamily("tsaccounts_agent_clients", .gauge, help: "Clients.", [.init([], 2)])] }
            )
            try await body(exporter, station)
        }
    }

    @Test func `the metrics tell the state, the ends, the quota and what was sent`() async throws {
        try await withExporter { exporter, station in
            station.emulator.changeSettings {
                $0.quotaLimit = 250
                $0.quotaSeconds = 300
            }
            let session = try await station.manager.session(named: "paper")
            #expect(try await session.get("/v3/brokerage/accounts").status == 200)
            let text = await exporter.text()
            let end = try #require(session.currentAccessToken()?.expiresAt)
            #expect(text.contains("tsaccounts_profile_state{profile=\"paper\",state=\"ready\"} 1\n"))
            #expect(text.contains("tsaccounts_profile_state{profile=\"paper\",state=\"degraded\"} 0\n"))
            let seconds = PrometheusText.number(Double(end.milliseconds) / 1000)
            #expect(text.contains("tsaccounts_access_expires_timestamp_seconds{profile=\"paper\"} \(seconds)\n"))
            #expect(text.contains("tsaccounts_quota_remaining{profile=\"paper\",resource=\"accounts\"} 249\n"))
            #expect(text.contains("tsaccounts_quota_limit{profile=\"paper\",resource=\"accounts\"} 250\n"))
            #expect(!text.contains("tsaccounts_quota_remaining{profile=\"guest\""))
            #expect(text.contains("tsaccounts_waiters{profile=\"paper\"} 0\n"))
            #expect(
                text.contains("tsaccounts_requests_total{profile=\"paper\",method=\"GET\",status=\"200\"} 1\n")
            )
            #expect(text.contains("# TYPE tsaccounts_request_duration_seconds histogram\n"))
            #expect(text.contains("tsaccounts_agent_clients 2\n"))
            #expect(text.contains("tsaccounts_store_readable 1\n"))
        }
    }

    @Test func `anonymous metrics contain no name, not even of a removed profile, and stay the same after a rename`()
        async throws
    {
        try await withExporter(anonymous: true) { exporter, station in
            let session = try await station.manager.session(named: "guest")
            _ = try await session.get("/v3/brokerage/accounts")
            let before = await exporter.text()
            #expect(!before.contains("guest") && !before.contains("paper"))
            let number = session.profile.profile.id.rawValue
            #expect(before.contains("tsaccounts_generation{profile=\"p\(number)\"}"))
            try await station.manager.registry.rename(ProfileName("guest"), to: ProfileName("visitor"))
            let renamed = await exporter.text()
            #expect(renamed.contains("tsaccounts_generation{profile=\"p\(number)\"}"))
            // The counters were made under the old name.
            let old = try #require(renamed.split(separator: "\n").first { $0.hasPrefix("tsaccounts_requests_total") })
            #expect(old.contains("profile=\"removed-"))
            #expect(!renamed.contains("guest") && !renamed.contains("visitor"))
        }
    }

    @Test func `the text obeys the grammar of the format`() async throws {
        try await withExporter { exporter, station in
            let session = try await station.manager.session(named: "paper")
            _ = try await session.get("/v3/brokerage/accounts")
            let name = #/[a-zA-Z_:][a-zA-Z0-9_:]*/#
            let sample = #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="(\\[\\n"]|[^\\"\n])*",?)*\})? \S+/#
            var families = Set<String>()
            var family = ""
            var samples = Set<Substring>()
            for line in await exporter.text().split(separator: "\n", omittingEmptySubsequences: true) {
                if line.hasPrefix("# HELP ") {
                    family = String(line.dropFirst(7).prefix { $0 != " " })
                    #expect(family.wholeMatch(of: name) != nil)
                    #expect(families.insert(family).inserted, "\(family) is there twice")
                } else if line.hasPrefix("# TYPE ") {
                    #expect(line.dropFirst(7).hasPrefix(family + " "))
                } else {
                    let match = try #require(line.wholeMatch(of: sample), "\(line)")
                    #expect(match.1.hasPrefix(family))
                    #expect(samples.insert(line.prefix { $0 != " " }).inserted, "\(line) is there twice")
                }
            }
            #expect(families.count > 8)
        }
    }

    @Test func `a request for the metrics gets them with the type of the format`() async throws {
        try await withExporter { exporter, _ in
            let writer = WrittenResponse()
            await MetricsResponder(exporter).respond(to: request(.GET), with: writer)
            #expect(writer.head?.status == .ok)
            #expect(writer.head?.headers.first(name: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(writer.head?.headers.first(name: "Content-Length") == "\(writer.body.utf8.count)")
            #expect(writer.body.contains("tsaccounts_build_info{version="))
            let head = WrittenResponse()
            await MetricsResponder(exporter).respond(to: request(.HEAD), with: head)
            #expect(head.head?.status == .ok)
            #expect(head.body.isEmpty && head.hasEnded)
            let post = WrittenResponse()
            await MetricsResponder(exporter).respond(to: request(.POST), with: post)
            #expect(post.head?.status == .methodNotAllowed)
            #expect(post.head?.headers.first(name: "Allow") == "GET, HEAD")
        }
    }

    private func request(_ method: HTTPMethod) -> IncomingRequest {
        IncomingRequest(
            head: HTTPRequestHead(version: .http1_1, method: method, uri: "/metrics"),
            body: NoBody(),
            client: ConnectedClient(userID: nil, processID: nil, program: nil)
        )
    }
}

@Suite struct MetricsFileTests {
    @Test func `the file is replaced as a whole, and everybody can read it`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("metrics-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("tsaccounts.prom").path
        let file = try MetricsFile(path)
        try file.replace(with: "a 1\n")
        let reader = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try file.replace(with: "b 2\n")
        // Who has the old file open still reads all of it.
        #expect(try reader.readToEnd() == Data("a 1\n".utf8))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "b 2\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["tsaccounts.prom"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(throws: AccountsError.self) { try MetricsFile(directory.path + "/metrics.txt") }
        let missing = try MetricsFile(directory.path + "/none/x.prom")
        #expect(throws: AccountsError.self) { try missing.replace(with: "") }
    }
}

private struct NoBody: RequestBody {
    func next() async throws -> ByteBuffer? { nil }
}

/// Keeps what a responder writes.
private final class WrittenResponse: ResponseWriter {
    private struct State {
        var head: HTTPResponseHead?
        var body = ""
        var hasEnded = false
    }

    private let state = Mutex(State())

    var head: HTTPResponseHead? { state.withLock { $0.head } }
    var body: String { state.withLock { $0.body } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func start(_ head: HTTPResponseHead) async throws { state.withLock { $0.head = head } }
    func write(_ part: ByteBuffer) async throws { state.withLock { $0.body += String(buffer: part) } }
    func end(_ trailers: HTTPHeaders?) async throws { state.withLock { $0.hasEnded = true } }
}

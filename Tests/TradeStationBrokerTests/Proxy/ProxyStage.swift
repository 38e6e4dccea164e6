import Foundation
import NIOCore
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

/// A listener of the proxy for the profiles of an emulated TradeStation.
struct ProxyStage {
    let tradeStation: EmulatedTradeStation
    let client: RawClient
    let port: Int
    /// The keys, by profile name.
    let keys: [String: AccessKey]

    var emulator: Emulator { tradeStation.emulator }
    var manager: SessionManager { tradeStation.manager }

    /// The key of the profile `sim`.
    var key: String { key(of: "sim") }

    func key(of profile: String) -> String { keys[profile]?.secret.exposed ?? "-" }

    /// Runs `body` with a listener for the given profiles; by default `sim` and `live`, on one login.
    static func with<Result: Sendable>(
        profiles: [TestProfile] = [.sim, .live],
        emulator: EmulatorConfiguration = EmulatorConfiguration(),
        limits: HTTPLimits = HTTPLimits(),
        acceptsAnyClient: Bool = false,
        _ body: (ProxyStage) async throws -> Result
    ) async throws -> Result {
        try await withTradeStation(profiles: profiles, emulator: emulator) { tradeStation in
            let handles = HandleIssuer()
            var entries: [ProxyResponder.Entry] = []
            var keys: [String: AccessKey] = [:]
            for profile in profiles {
                let proxied = ProxiedProfile(
                    try await tradeStation.manager.session(named: profile.name),
                    of: tradeStation.manager,
                    door: .proxy,
                    handles: handles,
                    acceptsAnyClient: acceptsAnyClient,
                    clock: tradeStation.clock
                )
                let key = AccessKey(.system)
                keys[profile.name] = key
                entries.append(.init(proxied, key: key))
            }
            let port = ListeningPort()
            let responder = ProxyResponder(entries, port: port)
            return try await HTTPListener.withLoopback(responder, limits: limits) { [keys] client, listener in
                let number = try #require(listener.port)
                port.set(number)
                return try await body(
                    ProxyStage(tradeStation: tradeStation, client: client, port: number, keys: keys)
                )
            }
        }
    }

    /// Sends a request on a new connection.
    ///
    /// - Parameters:
    ///   - target: the method and the target, for example `GET /v3/brokerage/accounts`.
    ///   - fields: more header fields, as lines.
    func ask(_ target: String, _ fields: [String] = [], body: String = "") async throws -> ProxyAnswer {
        let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
        let lines = ["\(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + length + fields
        return try ProxyAnswer(await client.ask(lines.joined(separator: "\r\n") + "\r\n\r\n" + body))
    }

    /// Makes this the API's next answer.
    func respond(_ status: Int, headers: [String: String] = [:], _ body: String = "", times: Int = 1) {
        emulator.script([EmulatorFault(at: .api, .respond(status: status, headers: headers, body: body), times: times)])
    }

    /// The rows of the audit with an event, as `profile outcome detail`.
    func rows(_ event: String) async throws -> [String] {
        try await manager.registry.auditRecords(AuditQuery()).filter { $0.text("event") == event }.map {
            "\($0.text("profile_name") ?? "-") \($0.text("outcome") ?? "-") \($0.text("detail") ?? "-")"
        }
    }
}

/// A response as a client received it.
struct ProxyAnswer {
    struct Malformed: Error { let text: String }

    let status: Int
    /// The header fields, with names in lower case.
    let fields: [String: String]
    /// What follows the head; chunks are joined.
    let body: String
    /// Whether the body is as long as the head says.
    let isComplete: Bool

    init(_ text: String) throws {
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw Malformed(text: text) }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Malformed(text: text)
        }
        self.status = status
        fields = Dictionary(
            lines.dropFirst().compactMap { line in
                line.firstIndex(of: ":").map { colon in
                    (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
                }
            },
            uniquingKeysWith: { "\($0), \($1)" }
        )
        let rest = String(text[end.upperBound...])
        if fields["transfer-encoding"] == "chunked" {
            (body, isComplete) = Self.joined(rest)
        } else {
            body = rest
            isComplete = fields["content-length"].map { Int($0) == rest.utf8.count } ?? true
        }
    }

    private static func joined(_ text: String) -> (String, isComplete: Bool) {
        var (body, rest) = (Array<UInt8>(), Array(text.utf8)[...])
        while let end = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let length = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16) else { break }
            if length == 0 { return (String(decoding: body, as: UTF8.self), true) }
            rest = rest[end.upperBound...]
            body += rest.prefix(length)
            rest = rest.dropFirst(length + 2)
        }
        return (String(decoding: body, as: UTF8.self), false)
    }

    /// The member of a body that is a JSON object of texts.
    func member(_ name: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        return object?[name].map { "\($0)" }
    }
}

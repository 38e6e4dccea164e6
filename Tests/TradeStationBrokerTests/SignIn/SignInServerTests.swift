import Crypto
import Foundation
import NIOCore
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationSessions
import TradeStationTesting

@testable import TradeStationBroker

/// What programs get that refresh their tokens.
@Suite struct SignInServerTests {
    private static let client = EmulatorConfiguration().clientID

    /// The form of an SDK that refreshes.
    private static func form(_ changes: [String: String?] = [:]) -> String {
        let fields: [String: String?] = [
            "grant_type": "refresh_token", "refresh_token": "placeholder", "client_id": client,
            "client_secret": "anything",
        ]
        return FormEncoding.encode(
            fields.merging(changes) { $1 }.sorted { $0.key < $1.key }.compactMap { pair in
                pair.value.map { (pair.key, $0) }
            }
        )
    }

    private static let type = "Content-Type: application/x-www-form-urlencoded"

    /// The claims of a token, which has to be a JWT.
    private static func claims(_ token: String?) throws -> [String: Any] {
        let parts = try #require(token).split(separator: ".", omittingEmptySubsequences: false)
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { !$0.isEmpty && !$0.contains("=") })
        let standard = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        let padded = standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)
        let data = try #require(Data(base64Encoded: String(padded)))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: ["/oauth/token", "/sim/oauth/token"])
    func `an SDK that refreshes gets a handle, an ID token and the scope`(_ path: String) async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.tradeStation.clock.advance(by: .seconds(100))
            let answer = try await stage.ask("POST /\(stage.key)\(path)", [Self.type], body: Self.form())
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.fields["cache-control"] == "no-store")
            #expect(answer.member("token_type") == "Bearer")
            #expect(answer.member("expires_in") == "1100")
            #expect(answer.member("scope")?.contains("offline_access") == true)
            #expect(answer.member("refresh_token") == nil)
            let now = stage.tradeStation.clock.wallTime().milliseconds / 1000
            let handle = try Self.claims(answer.member("access_token"))
            #expect(handle["exp"] as? Int64 == now + 1100)
            #expect(handle["iat"] as? Int64 == now)
            #expect(handle["sub"] as? String == "sim")
            let id = try Self.claims(answer.member("id_token"))
            #expect(id["sub"] as? String == EmulatorUser.defaults[0].subject)
            #expect(id["aud"] as? String == Self.client)
            #expect(id["exp"] as? Int64 == now + 1100)
            let token = try await stage.manager.session(named: "sim").accessToken().secret.exposed
            #expect(!answer.body.contains(token))
            #expect(stage.emulator.counts.refreshes == 0)
        }
    }

    @Test func `JSON and a Basic field are understood, too`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let json = #"{"grant_type":"refresh_token","refresh_token":"x","client_id":"\#(Self.client)"}"#
            let target = "POST /\(stage.key)/oauth/token"
            #expect(try await stage.ask(target, ["Content-Type: application/json"], body: json).status == 200)
            let basic = Data("\(Self.client):secret".utf8).base64EncodedString()
            let fields = [Self.type, "Authorization: Basic \(basic)"]
            #expect(try await stage.ask(target, fields, body: Self.form(["client_id": nil])).status == 200)
        }
    }

    @Test func `many programs that refresh at once cause one exchange for each expiry`() async throws {
        let emulator = EmulatorConfiguration(accessTokenSeconds: 1200, rotate: true)
        try await ProxyStage.with(profiles: [.sim], emulator: emulator) { (stage) async throws -> Void in
            for round in 1...3 {
                stage.tradeStation.clock.advance(by: .seconds(1195))
                let answers = try await withThrowingTaskGroup(of: ProxyAnswer.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            try await stage.ask("POST /\(stage.key)/oauth/token", [Self.type], body: Self.form())
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.status == 200 && $0.member("expires_in") == "1200" })
                #expect(Set(answers.compactMap { $0.member("access_token") }).count == 20)
                #expect(stage.emulator.counts.refreshes == round)
            }
            #expect(stage.emulator.counts.refused == 0)
        }
    }

    @Test func `while the sign-in server does not answer, the rest of the token is granted within four seconds`()
        async throws
    {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.tradeStation.clock.advance(by: .seconds(1150))
            stage.emulator.script([EmulatorFault(at: .token, .hang(seconds: 60), times: 9)])
            async let asking = stage.ask("POST /\(stage.key)/oauth/token", [Self.type], body: Self.form())
            try await stage.tradeStation.clock.waitForSleeper(of: .milliseconds(3500))
            stage.tradeStation.clock.advance(by: .milliseconds(3500))
            let answer = try await asking
            #expect(answer.status == 200)
            #expect(answer.member("expires_in") == "46")
        }
    }

    @Test func `while the login is degraded, the rest of the token is granted at once`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.tradeStation.clock.advance(by: .seconds(1150))
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 500, headers: [:], body: ""), times: 99)])
            let answer = try await stage.tradeStation.clock.whileTimePasses(sleepingLessThan: .milliseconds(3400)) {
                try await stage.ask("POST /\(stage.key)/oauth/token", [Self.type], body: Self.form())
            }
            #expect(answer.status == 200)
            #expect((1...50).contains(answer.member("expires_in").flatMap { Int($0) } ?? 0))
        }
    }

    @Test func `without a living token, an outage is temporary`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.tradeStation.clock.advance(by: .seconds(1200))
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 500, headers: [:], body: ""), times: 99)])
            let answer = try await stage.ask("POST /\(stage.key)/oauth/token", [Self.type], body: Self.form())
            #expect(answer.status == 503)
            #expect(answer.member("error") == "temporarily_unavailable")
            #expect(answer.fields["retry-after"] == "5")
        }
    }

    @Test func `when the user has to sign in, the program gets invalid_grant with the command`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            stage.emulator.revokeAll()
            stage.tradeStation.clock.advance(by: .seconds(1200))
            let answer = try await stage.ask("POST /\(stage.key)/oauth/token", [Self.type], body: Self.form())
            #expect(answer.status == 403)
            #expect(answer.member("error") == "invalid_grant")
            #expect(answer.member("error_description")?.contains("tsaccounts login sim") == true)
            #expect(answer.fields["x-tsaccounts"] == "login_required")
        }
    }

    /// A request that gets an OAuth error.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let target: String
        let type: String
        let body: String
        let status: Int
        let error: String

        init(
            _ name: String,
            _ body: String,
            _ status: Int,
            _ error: String,
            at target: String = "POST /oauth/token",
            type: String = SignInServerTests.type
        ) {
            (testDescription, self.target, self.type) = (name, target, type)
            (self.body, self.status, self.error) = (body, status, error)
        }
    }

    static let refusals = [
        Refusal("another key's client id", form(["client_id": "other"]), 401, "invalid_client"),
        Refusal("no client id", form(["client_id": nil]), 401, "invalid_client"),
        Refusal("a code", form(["grant_type": "authorization_code", "code": "x"]), 400, "unsupported_grant_type"),
        Refusal("a password", form(["grant_type": "password"]), 400, "unsupported_grant_type"),
        Refusal("the client's own token", form(["grant_type": "client_credentials"]), 400, "unsupported_grant_type"),
        Refusal("no grant type", form(["grant_type": nil]), 400, "invalid_request"),
        Refusal("no refresh token", form(["refresh_token": ""]), 400, "invalid_request"),
        Refusal("a parameter twice", form() + "&grant_type=refresh_token", 400, "invalid_request"),
        Refusal("a broken encoding", form() + "&a=%2", 400, "invalid_request"),
        Refusal("another type", "<a/>", 400, "invalid_request", type: "Content-Type: text/xml"),
        Refusal("broken JSON", "{", 400, "invalid_request", type: "Content-Type: application/json"),
        Refusal("no body", "", 400, "invalid_request"),
        Refusal("a long body", String(repeating: "a", count: 70_000), 413, "invalid_request"),
        Refusal("a GET", "", 405, "invalid_request", at: "GET /oauth/token"),
        Refusal("a revocation", "token=x&client_id=x", 403, "unsupported_token_type", at: "POST /oauth/revoke"),
        Refusal("a page to sign in", "", 403, "access_denied", at: "GET /authorize?client_id=x"),
        Refusal("another path", "", 404, "invalid_request", at: "POST /oauth/other"),
    ]

    @Test func `every other request gets an OAuth error, and reaches nobody`() async throws {
        try await ProxyStage.with(profiles: [.sim]) { (stage) async throws -> Void in
            let before = stage.emulator.log.count
            for refusal in Self.refusals {
                let target = refusal.target.replacing(" /", with: " /\(stage.key)/")
                let answer = try await stage.ask(target, [refusal.type], body: refusal.body)
                #expect(answer.status == refusal.status, "\(refusal.testDescription)")
                #expect(answer.member("error") == refusal.error, "\(refusal.testDescription)")
                #expect(answer.member("error_description")?.isEmpty == false, "\(refusal.testDescription)")
                #expect(answer.fields["x-tsaccounts"] != nil, "\(refusal.testDescription)")
            }
            #expect(stage.emulator.log.count == before)
        }
    }

    @Test func `any client id is accepted if that is wanted`() async throws {
        try await ProxyStage.with(profiles: [.sim], acceptsAnyClient: true) { (stage) async throws -> Void in
            let target = "POST /\(stage.key)/oauth/token"
            #expect(try await stage.ask(target, [Self.type], body: Self.form(["client_id": "other"])).status == 200)
            #expect(try await stage.ask(target, [Self.type], body: Self.form(["client_id": nil])).status == 200)
        }
    }

    @Test func `an error's description has only the characters that OAuth allows`() {
        let refusal = SignInRefusal(400, "invalid_request", "a \"b\" \\ c\u{e9}\n")
        #expect(String(buffer: refusal.body) == #"{"error":"invalid_request","error_description":"a 'b' ' c??"}"#)
    }

    @Test func `a handle is signed with a key of the run, and is none of TradeStation's tokens`() async throws {
        let bytes = RandomSource { Array(repeating: 7, count: $0) }
        let (start, end) = (Timestamp(milliseconds: 1_000_900), Timestamp(milliseconds: 2_000_000))
        let handle = HandleIssuer(bytes).handle(for: try ProfileName("sim"), from: start, until: end).exposed
        let parts = handle.split(separator: ".")
        let key = SymmetricKey(data: Data(repeating: 7, count: 32))
        let signature = HMAC<SHA256>.authenticationCode(for: Data("\(parts[0]).\(parts[1])".utf8), using: key)
        #expect(parts[2] == Base64URL.encode(signature))
        #expect(try Self.claims(handle)["exp"] as? Int64 == 2000)
        #expect(handle.count < 300)
        let other = HandleIssuer().handle(for: try ProfileName("sim"), from: start, until: end).exposed
        #expect(other.split(separator: ".")[2] != parts[2])
    }
}

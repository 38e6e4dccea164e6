import Foundation
import Testing
import TradeStationEmulator

/// The control endpoints, the addresses and the log.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct ControlTests {
    @Test func `the addresses contain everything that a client needs`() async throws {
        try await Visitor.with { _, visitor in
            let line = visitor.addresses.json
            #expect(!line.contains("\n"))
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            #expect(
                object.keys.sorted() == [
                    "authorize_url", "client_id", "client_secret", "control_url", "live_url", "public_client_id",
                    "revoke_url", "sim_url", "token_url", "users", "v2_url",
                ]
            )
            #expect((object["client_id"] as? String)?.count == 32)
            #expect((object["public_client_id"] as? String)?.count == 32)
            #expect((object["token_url"] as? String)?.hasPrefix("http://127.0.0.1:") == true)
            let users = try #require(object["users"] as? [[String: String]])
            #expect(
                users.first == [
                    "username": "alice", "password": "alice-password", "subject": "auth0|emulated-alice",
                ]
            )
            let again = try JSONDecoder().decode(EmulatorAddresses.self, from: Data(line.utf8))
            #expect(again == visitor.addresses)
        }
    }

    @Test func `each run has its own secret unless one is configured`() async throws {
        try await Visitor.with { one, _ in
            try await Visitor.with { other, _ in
                #expect(one.addresses.clientSecret.count == 64)
                #expect(one.addresses.clientSecret != other.addresses.clientSecret)
            }
        }
        try await Visitor.with(EmulatorConfiguration(clientSecret: "configured")) { emulator, visitor in
            #expect(emulator.addresses.clientSecret == "configured")
            let tokens = try await visitor.tokens()
            #expect(tokens.status == 200)
        }
    }

    @Test func `a busy port is reported`() async throws {
        try await Visitor.with { _, visitor in
            let port = try #require(URL(string: visitor.addresses.tokenURL)?.port)
            let error = await #expect(throws: EmulatorError.self) {
                _ = try await Emulator.start(EmulatorConfiguration(port: port))
            }
            #expect(error?.port == port)
            #expect(error?.description.hasSuffix("Use port 0 to get a free one.") == true)
        }
    }

    @Test func `counts are served as JSON`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.refreshToken()
            _ = try await visitor.refresh(token)
            _ = try await visitor.refresh("v1.unknown")
            _ = try await visitor.revoke(token)
            _ = try await visitor.get(visitor.addresses.liveURL + "/v3/brokerage/accounts")
            let reply = try await visitor.control("counts")
            #expect(
                reply.body
                    == #"{"api_requests":1,"authorize_requests":1,"code_exchanges":1,"exchanges":3,"logins_lost":0,"#
                    + #""open_streams":0,"orders_accepted":0,"orders_cancelled":0,"orders_replaced":0,"#
                    + #""refreshes":2,"refused":1,"revocations":1,"streams_opened":0,"throttled":0}"#
            )
        }
    }

    @Test func `the log shows the lineage of tokens and contains none`() async throws {
        let configuration = EmulatorConfiguration(rotate: true, overlapSeconds: 30, now: Visitor.standingClock)
        try await Visitor.with(configuration) { emulator, visitor in
            let code = try await visitor.signIn().redirectQuery["code"] ?? ""
            let first = try await visitor.exchange(code)
            let second = try await visitor.refresh(first.member("refresh_token"))
            _ = try await visitor.get(
                visitor.addresses.liveURL + "/v3/brokerage/accounts",
                bearer: second.member("access_token")
            )
            _ = try await visitor.revoke(second.member("refresh_token"))
            let log = try await visitor.control("log")
            #expect(log.headers["content-type"] == "application/x-ndjson")
            let lines = log.body.split(separator: "\n").map(String.init)
            #expect(lines.count == 6)
            let entries = try lines.map { try JSONDecoder().decode(RequestLogEntry.self, from: Data($0.utf8)) }
            #expect(entries == emulator.log)
            #expect(entries.map(\.seq) == [1, 2, 3, 4, 5, 6])
            #expect(Set(entries.map(\.at)) == ["2030-03-17T17:46:40.000Z"])
            #expect(
                entries.map(\.path) == [
                    "/authorize", "/authorize", "/oauth/token", "/oauth/token", "/live/v3/brokerage/accounts",
                    "/oauth/revoke",
                ]
            )
            #expect(entries.map(\.status) == [200, 302, 200, 200, 200, 200])
            #expect(entries.map(\.committed) == [false, true, true, true, false, true])
            #expect(entries[3].presented == entries[2].issuedRefresh)
            #expect(entries[5].presented == entries[3].issuedRefresh)
            #expect(entries[3].presented?.wholeMatch(of: /[0-9a-f]{12}/) != nil)
            #expect(entries[3].issuedAccess != entries[2].issuedAccess)
            #expect(entries[3].generation == 2)
            #expect(entries[3].familyID == entries[1].familyID)
            #expect(entries[3].clientID == visitor.addresses.clientID)
            var secrets = [code, visitor.addresses.clientSecret, "alice-password"]
            for reply in [first, second] {
                for name in ["access_token", "refresh_token", "id_token"] {
                    secrets.append(try #require(try reply.member(name)))
                }
            }
            for secret in secrets { #expect(!log.body.contains(secret)) }
        }
    }

    @Test func `a script is returned as it was queued, and a new one replaces it`() async throws {
        try await Visitor.with { emulator, visitor in
            let script =
                #"{"faults":[{"at":"token","do":"hang","seconds":1.5,"times":3,"when":"after"},"#
                + #"{"at":"api","body":"x","do":"respond","headers":{"retry-after":"7"},"status":429,"times":1,"when":"before"}]}"#
            let queued = try await visitor.control("faults", script)
            #expect(queued.body == script)
            #expect(try await visitor.control("faults").body == script)
            #expect(emulator.faults.first == EmulatorFault(at: .token, when: .after, .hang(seconds: 1.5), times: 3))
            #expect(try await visitor.control("faults", #"{"faults":[]}"#).body == #"{"faults":[]}"#)
        }
    }

    @Test(arguments: [
        ("", "The body is not JSON."),
        ("{", "The body is not JSON."),
        ("{}", "\"faults\" is missing."),
        (#"{"faults":[{"do":"close"}]}"#, "\"at\" is missing (at faults[0])."),
        (#"{"faults":[{"at":"token"}]}"#, "\"do\" is missing (at faults[0])."),
        (
            #"{"faults":[{"at":"token","do":"explode"}]}"#,
            "\"do\" must be close, hang, delay, respond or truncate, not \"explode\"."
        ),
        (#"{"faults":[{"at":"token","do":"hang"}]}"#, "\"seconds\" is missing (at faults[0])."),
        (#"{"faults":[{"at":"token","do":"hang","seconds":-1}]}"#, "\"seconds\" must be between 0 and 3600."),
        (#"{"faults":[{"at":"token","do":"respond"}]}"#, "\"status\" is missing (at faults[0])."),
        (#"{"faults":[{"at":"token","do":"respond","status":99}]}"#, "\"status\" must be between 200 and 599."),
        (#"{"faults":[{"at":"token","do":"close","times":0}]}"#, "\"times\" must be between 1 and 1000000."),
        (
            #"{"faults":[{"at":"token","do":"truncate","when":"before"}]}"#,
            "\"truncate\" shortens the normal answer, so \"when\" must be \"after\"."
        ),
        (
            #"{"faults":[{"at":"token","do":"respond","status":200,"headers":{"a b":"c"}}]}"#,
            "\"a b\" is not a valid header name."
        ),
        (
            #"{"faults":[{"at":"token","do":"respond","status":200,"headers":{"a":"b\r\nc"}}]}"#,
            "The value of a must be printable ASCII."
        ),
        (
            #"{"faults":[{"at":"token","do":"respond","status":200,"headers":{"Content-Length":"1"}}]}"#,
            "A script cannot set the header Content-Length; the emulator sets it."
        ),
    ])
    func `an invalid script is refused with the reason and changes nothing`(script: String, reason: String) async throws
    {
        try await Visitor.with { emulator, visitor in
            emulator.script([EmulatorFault(at: .api, .close)])
            let reply = try await visitor.control("faults", script)
            #expect(reply.status == 400)
            #expect(try reply.member("error") == reason)
            #expect(emulator.faults == [EmulatorFault(at: .api, .close)])
        }
    }

    @Test func `the error names misspelled keys and values`() async throws {
        try await Visitor.with { _, visitor in
            let key = try await visitor.control("faults", #"{"faults":[{"at":"token","do":"close","tims":2}]}"#)
            #expect(try key.member("error")?.hasPrefix("Unknown key \"tims\"; known keys: at, when, do,") == true)
            let word = try await visitor.control("faults", #"{"faults":[{"at":"tokens","do":"close"}]}"#)
            #expect(word.status == 400)
            #expect(try word.member("error")?.contains("tokens") == true)
            let setting = try await visitor.control("settings", #"{"rotating":true}"#)
            #expect(try setting.member("error")?.hasPrefix("Unknown key \"rotating\"") == true)
            let range = try await visitor.control("settings", #"{"access_token_seconds":0}"#)
            #expect(range.status == 400)
        }
    }

    @Test func `settings, clock and revocation are controlled over HTTP`() async throws {
        try await Visitor.with { emulator, visitor in
            let change =
                #"{"access_token_seconds":5,"rotate":true,"overlap":7,"redirect_uris":["http://localhost:1/x"]}"#
            #expect(try await visitor.control("settings", change).status == 200)
            #expect(emulator.settings == EmulatorSettings(accessTokenSeconds: 5, rotate: true, overlapSeconds: 7))
            let code = try await visitor.signIn(["redirect_uri": "http://localhost:1/x"]).redirectQuery["code"]
            let tokens = try await visitor.exchange(code, ["redirect_uri": "http://localhost:1/x"])
            #expect(try tokens.object()["expires_in"] as? Int == 5)
            let accounts = visitor.addresses.liveURL + "/v3/brokerage/accounts"
            #expect(try await visitor.control("advance", #"{"seconds":5}"#).status == 200)
            #expect(try await visitor.get(accounts, bearer: tokens.member("access_token")).status == 401)
            #expect(try await visitor.control("advance", #"{"seconds":-5}"#).status == 400)
            #expect(try await visitor.control("revoke_all", "").status == 200)
            #expect(try await visitor.refresh(tokens.member("refresh_token")).status == 403)
            #expect(emulator.counts.loginsLost == 0)
        }
    }

    @Test func `the control endpoints refuse web pages and unknown names`() async throws {
        try await Visitor.with { _, visitor in
            let url = visitor.addresses.controlURL
            let page = try await visitor.send("GET", url + "/counts", headers: ["origin": "http://localhost"])
            #expect(page.status == 403)
            #expect(try await visitor.send("POST", url + "/revoke_all", headers: ["origin": "null"]).status == 403)
            #expect(try await visitor.control("nothing").status == 404)
            #expect(try await visitor.control("revoke_all").status == 405)
        }
    }
}

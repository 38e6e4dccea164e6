import Foundation
import Testing
import TradeStationEmulator

/// Faults of streams, and the control endpoint for open streams.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct StreamFaultTests {
    private func withToken(_ body: (Emulator, Visitor, String) async throws -> Void) async throws {
        try await Visitor.with { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            try await body(emulator, visitor, token)
        }
    }

    /// The lines of a stream until its end.
    private func lines(_ visitor: Visitor, _ token: String) async throws -> [String] {
        var stream = try await visitor.stream(Visitor.quotes, bearer: token)
        var lines: [String] = []
        while let line = try await stream.next() { lines.append(line) }
        return lines
    }

    @Test func `a scripted end comes after the given number of objects`() async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([
                EmulatorFault(at: .stream, .stream(.goAway, afterObjects: 1)),
                EmulatorFault(at: .stream, .stream(.dualLogon, afterObjects: 0)),
                EmulatorFault(at: .stream, .stream(.end, afterObjects: 0)),
                EmulatorFault(at: .stream, .stream(.error(title: "Failed", message: "x"), afterObjects: 2)),
            ])
            let first = try await lines(visitor, token)
            #expect(first.count == 2)
            #expect(first.last?.hasPrefix(#"{"Error":"GoAway""#) == true)
            let second = try await lines(visitor, token)
            #expect(second.count == 1)
            #expect(second.last?.hasPrefix(#"{"Error":"DualLogon""#) == true)
            #expect(try await lines(visitor, token) == [])
            #expect(try await lines(visitor, token).last == #"{"Error":"Failed","Message":"x"}"#)
            #expect(emulator.log.suffix(4).map(\.fault) == ["go_away", "dual_logon", "end", "error"])
            #expect(emulator.log.suffix(4).map(\.status) == [200, 200, 200, 200])
            #expect(emulator.faults == [])
        }
    }

    @Test(arguments: [
        EmulatorFault(at: .stream, .stream(.cut, afterObjects: 2)), EmulatorFault(at: .stream, .truncate),
    ])
    func `a scripted cut sends half an object`(fault: EmulatorFault) async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([fault])
            let body = try await visitor.rawStream(Visitor.quotes, token)
            #expect(!body.isComplete)
            #expect(body.lines.count == (fault.action == .truncate ? 1 : 3))
            #expect(body.unfinished.hasPrefix("{"))
            #expect(!body.unfinished.hasSuffix("}"))
            try await emulator.wait { $0.openStreams == 0 }
        }
    }

    @Test func `a stream can be silent from the start`() async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([EmulatorFault(at: .stream, .stream(.silence, afterObjects: 0))])
            var stream = try await visitor.stream(Visitor.quotes, bearer: token)
            #expect(stream.status == 200)
            emulator.advance(bySeconds: 60)
            emulator.streams.send("first")
            #expect(try await stream.next() == "first")
        }
    }

    @Test func `normal faults and faults at api apply to streams, in order`() async throws {
        try await withToken { emulator, visitor, token in
            emulator.script([
                EmulatorFault(at: .stream, .respond(status: 403, headers: [:], body: "")),
                EmulatorFault(at: .api, .respond(status: 503, headers: [:], body: "")),
                EmulatorFault(at: .stream, .close),
                EmulatorFault(at: .stream, when: .after, .close),
                EmulatorFault(at: .stream, .hang(seconds: 0.05)),
                EmulatorFault(at: .stream, .delay(seconds: 0.05)),
            ])
            let accounts = visitor.addresses.simURL + "/v3/brokerage/accounts"
            let forbidden = try await visitor.stream(Visitor.quotes, bearer: token)
            #expect(forbidden.status == 403)
            #expect(try await visitor.get(accounts, bearer: token).status == 503)
            #expect(emulator.faults.count == 4)
            for _ in 1...3 {
                await #expect(throws: (any Error).self) { try await visitor.stream(Visitor.quotes, bearer: token) }
            }
            #expect(emulator.counts.streamsOpened == 0)
            #expect(try await visitor.stream(Visitor.quotes, bearer: token).status == 200)
            #expect(emulator.counts.streamsOpened == 1)
        }
    }

    @Test func `a script for streams is returned as it was queued`() async throws {
        try await withToken { emulator, visitor, _ in
            let script =
                #"{"faults":[{"at":"stream","do":"go_away","objects":3,"times":2,"when":"after"},"#
                + #"{"at":"stream","do":"error","error":"DualLogon","message":"m","objects":0,"times":1,"when":"after"}]}"#
            #expect(try await visitor.control("faults", script).body == script)
            #expect(emulator.faults.first?.action == .stream(.goAway, afterObjects: 3))
            let dual = try await visitor.control("faults", #"{"faults":[{"at":"stream","do":"dual_logon"}]}"#)
            #expect(dual.status == 200)
            #expect(emulator.faults.map(\.action) == [.stream(.dualLogon, afterObjects: 0)])
            #expect(dual.body.contains(#""do":"dual_logon","objects":0"#))
            let elsewhere = try await visitor.control("faults", #"{"faults":[{"at":"api","do":"cut"}]}"#)
            #expect(
                try elsewhere.member("error")
                    == "\"do\" must be close, hang, delay, respond or truncate, not \"cut\"."
            )
            let unknown = try await visitor.control("faults", #"{"faults":[{"at":"stream","do":"stop"}]}"#)
            #expect(
                try unknown.member("error")
                    == "\"do\" must be close, hang, delay, respond or truncate, "
                    + "or a stream fault (go_away, dual_logon, error, silence, cut or end), not \"stop\"."
            )
            let negative = #"{"faults":[{"at":"stream","do":"cut","objects":-1}]}"#
            #expect(try await visitor.control("faults", negative).member("error") == "\"objects\" must be 0 or more.")
        }
    }

    @Test func `open streams are listed and controlled over HTTP`() async throws {
        try await withToken { emulator, visitor, token in
            var stream = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            let listed = try await visitor.control("streams")
            let open = try JSONDecoder().decode([String: [EmulatedStream]].self, from: Data(listed.body.utf8))
            #expect(open == ["streams": emulator.streams.open])
            let commands = [
                (#"{"do":"send","objects":[{"b":[1,2.5,null,true,"x"],"a":{}},7],"to":{"kind":"orders"}}"#, 1),
                (#"{"do":"send","text":"{\"half\":","to":{"username":"alice"}}"#, 1),
                (#"{"do":"send","text":"1}\n"}"#, 1),
                (#"{"do":"heartbeat","to":{"id":1}}"#, 1),
                (#"{"do":"next"}"#, 1),
                (#"{"do":"cut","to":{"id":2}}"#, 0),
                (#"{"do":"silence","to":{"path":"/positions"}}"#, 0),
                (#"{"do":"error","error":"ServiceUnavailable","message":"m"}"#, 1),
            ]
            for (command, count) in commands {
                #expect(try await visitor.control("streams", command).body == #"{"streams":\#(count)}"#)
            }
            var lines: [String] = []
            while let line = try await stream.next() { lines.append(line) }
            #expect(
                lines == [
                    #"{"StreamStatus":"EndSnapshot"}"#, #"{"a":{},"b":[1,2.5,null,true,"x"]}"#, "7", #"{"half":1}"#,
                    #"{"Heartbeat":1,"Timestamp":"2030-03-17T17:46:40.000Z"}"#,
                    #"{"Error":"ServiceUnavailable","Message":"m"}"#,
                ]
            )
        }
    }

    @Test(arguments: [
        ("{}", "\"do\" is missing."),
        (#"{"do":"send"}"#, "\"objects\" is missing."),
        (
            #"{"do":"stop"}"#,
            "\"do\" must be send, next, heartbeat, go_away, dual_logon, error, silence, cut or end, not \"stop\"."
        ),
        (#"{"do":"cut","to":{"user":"alice"}}"#, "Unknown key \"user\"; known keys: id, kind, username, path."),
    ])
    func `an invalid stream command is refused with the reason`(command: String, reason: String) async throws {
        try await Visitor.with { _, visitor in
            let reply = try await visitor.control("streams", command)
            #expect(reply.status == 400)
            #expect(try reply.member("error") == reason)
        }
    }

    @Test func `settings of streams and quotas are changed over HTTP`() async throws {
        try await Visitor.with { emulator, visitor in
            let change =
                #"{"heartbeat_seconds":0.5,"stream_seconds":2,"stream_chunks":"split","stream_expiry":"cut","#
                + #""stream_limit":3,"quota_limit":4,"quota_seconds":5,"sends_retry_after":false}"#
            #expect(try await visitor.control("settings", change).status == 200)
            #expect(
                emulator.settings
                    == EmulatorSettings(
                        heartbeatSeconds: 0.5,
                        streamSeconds: 2,
                        streamChunks: .split,
                        streamExpiry: .cut,
                        streamLimit: 3,
                        quotaLimit: 4,
                        quotaSeconds: 5,
                        sendsRetryAfter: false
                    )
            )
            let shown = try await visitor.control("settings").object()
            #expect(shown["stream_chunks"] as? String == "split")
            #expect(shown["heartbeat_seconds"] as? Double == 0.5)
            for bad in [#"{"heartbeat_seconds":-1}"#, #"{"stream_chunks":"none"}"#, #"{"quota_seconds":0}"#] {
                #expect(try await visitor.control("settings", bad).status == 400)
            }
        }
    }
}

import Foundation
import Testing
import TradeStationEmulator

/// The token endpoint with `grant_type=refresh_token`, with and without rotation.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct RefreshTests {
    private static func rotating(overlap: Int = 0) -> EmulatorConfiguration {
        EmulatorConfiguration(rotate: true, overlapSeconds: overlap, now: Visitor.standingClock)
    }

    private func expectLost(_ reply: Reply) throws {
        #expect(reply.status == 403)
        #expect(try reply.member("error") == "invalid_grant")
        #expect(try reply.member("error_description") == "Unknown or invalid refresh token.")
    }

    @Test func `a static key keeps its refresh token and does not repeat it`() async throws {
        try await Visitor.with { emulator, visitor in
            let token = try await visitor.refreshToken()
            var seen: Set<String> = []
            for _ in 1...3 {
                emulator.advance(bySeconds: 100_000)
                let reply = try await visitor.refresh(token)
                #expect(reply.status == 200)
                #expect(
                    try reply.object().keys.sorted() == [
                        "access_token", "expires_in", "id_token", "scope", "token_type",
                    ]
                )
                seen.insert(try reply.member("access_token") ?? "")
            }
            #expect(seen.count == 3)
            #expect(emulator.counts.refreshes == 3)
            #expect(emulator.counts.exchanges == 4)
            #expect(emulator.counts.refused == 0)
            #expect(emulator.log.filter { $0.grantType == "refresh_token" }.map(\.generation) == [1, 1, 1])
        }
    }

    @Test func `a rotating key issues a new refresh token each time`() async throws {
        try await Visitor.with(Self.rotating()) { emulator, visitor in
            var token = try await visitor.refreshToken()
            var seen: Set<String> = [token]
            for _ in 1...20 {
                token = try await visitor.refresh(token).member("refresh_token") ?? ""
                seen.insert(token)
            }
            #expect(seen.count == 21)
            #expect(emulator.log.filter { $0.grantType != nil }.map(\.generation) == Array(1...21))
            #expect(Set(emulator.log.compactMap(\.familyID)).count == 1)
            #expect(emulator.counts.loginsLost == 0)
        }
    }

    @Test func `reuse without overlap ends the family, including the newest token`() async throws {
        try await Visitor.with(Self.rotating()) { emulator, visitor in
            let first = try await visitor.refreshToken()
            let second = try await visitor.refresh(first).member("refresh_token")
            try expectLost(try await visitor.refresh(first))
            try expectLost(try await visitor.refresh(second))
            #expect(emulator.counts.loginsLost == 1)
            #expect(emulator.counts.refused == 2)
        }
    }

    @Test func `the previous token is valid until the overlap ends`() async throws {
        try await Visitor.with(Self.rotating(overlap: 10)) { emulator, visitor in
            let first = try await visitor.refreshToken()
            _ = try await visitor.refresh(first)
            emulator.advance(bySeconds: 9.999)
            let replayed = try await visitor.refresh(first)
            #expect(replayed.status == 200)
            // The overlap counts from the first rotation; the replay does not extend it.
            emulator.advance(bySeconds: 0.001)
            try expectLost(try await visitor.refresh(first))
            try expectLost(try await visitor.refresh(replayed.member("refresh_token")))
            #expect(emulator.counts.loginsLost == 1)
        }
    }

    @Test func `within the overlap, a client survives two lost answers in a row`() async throws {
        try await Visitor.with(Self.rotating(overlap: 10)) { emulator, visitor in
            let first = try await visitor.refreshToken()
            _ = try await visitor.refresh(first)
            _ = try await visitor.refresh(first)
            let third = try await visitor.refresh(first).member("refresh_token")
            let fourth = try await visitor.refresh(third)
            #expect(fourth.status == 200)
            #expect(emulator.log.last?.generation == 5)
            #expect(emulator.counts.loginsLost == 0)
        }
    }

    @Test func `only the previous token is valid within the overlap`() async throws {
        try await Visitor.with(Self.rotating(overlap: 3600)) { emulator, visitor in
            let first = try await visitor.refreshToken()
            let second = try await visitor.refresh(first).member("refresh_token")
            let third = try await visitor.refresh(second).member("refresh_token")
            #expect(try await visitor.refresh(second).status == 200)
            try expectLost(try await visitor.refresh(first))
            try expectLost(try await visitor.refresh(third))
            #expect(emulator.counts.loginsLost == 1)
        }
    }

    @Test func `a rotating token expires when idle, and the family a day after the sign-in`() async throws {
        try await Visitor.with(Self.rotating()) { emulator, visitor in
            var token = try await visitor.refreshToken()
            emulator.advance(bySeconds: 1800)
            try expectLost(try await visitor.refresh(token))
            #expect(emulator.counts.loginsLost == 1)

            token = try await visitor.refreshToken()
            for _ in 1...48 {
                emulator.advance(bySeconds: 1799)
                token = try await visitor.refresh(token).member("refresh_token") ?? ""
            }
            #expect(!token.isEmpty)
            emulator.advance(bySeconds: 48)
            try expectLost(try await visitor.refresh(token))
            #expect(emulator.counts.loginsLost == 2)
        }
    }

    @Test func `two users of a key have separate families`() async throws {
        try await Visitor.with(Self.rotating()) { _, visitor in
            let alice = try await visitor.refreshToken(as: "alice")
            let bob = try await visitor.refreshToken(as: "bob")
            _ = try await visitor.refresh(alice)
            try expectLost(try await visitor.refresh(alice))
            #expect(try await visitor.refresh(bob).status == 200)
        }
    }

    @Test func `another client's refresh token is refused, and its family remains valid`() async throws {
        try await Visitor.with(Self.rotating()) { emulator, visitor in
            let token = try await visitor.refreshToken()
            let stranger: [String: String?] = [
                "client_id": visitor.addresses.publicClientID, "client_secret": nil,
            ]
            try expectLost(try await visitor.refresh(token, stranger))
            try expectLost(try await visitor.refresh("v1.made-up"))
            #expect(emulator.counts.loginsLost == 0)
            #expect(try await visitor.refresh(token).status == 200)
        }
    }

    @Test func `rotation can be enabled while the emulator runs`() async throws {
        try await Visitor.with { _, visitor in
            let token = try await visitor.refreshToken()
            #expect(try await visitor.refresh(token).member("refresh_token") == nil)
            #expect(try await visitor.control("settings", #"{"rotate":true,"overlap":0}"#).status == 200)
            #expect(try await visitor.refresh(token).member("refresh_token") != nil)
            try expectLost(try await visitor.refresh(token))
        }
    }

    @Test func `without overlap, exactly one of 50 concurrent refreshes with one token succeeds`() async throws {
        try await Visitor.with(Self.rotating()) { emulator, visitor in
            let token = try await visitor.refreshToken()
            let everyone = visitor
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...50 { group.addTask { try await everyone.refresh(token).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 403 } == 49)
            #expect(emulator.counts.refreshes == 50)
            #expect(emulator.counts.refused == 49)
            #expect(emulator.counts.loginsLost == 1)
            #expect(emulator.log.map(\.seq) == Array(1...emulator.log.count))
        }
    }
}

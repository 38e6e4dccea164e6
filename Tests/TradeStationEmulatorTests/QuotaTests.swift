import Foundation
import Testing
import TradeStationEmulator

/// Quotas per user and resource; disabled by default.
///
/// The tests are serialized because they share the processor and this process's descriptors, and their requests have time
/// limits in real time.
@Suite(.serialized) struct QuotaTests {
    private static let accounts = "/v3/brokerage/accounts"

    private func with(
        _ change: (inout EmulatorSettings) -> Void,
        _ body: (Emulator, inout Visitor, String) async throws -> Void
    ) async throws {
        var configuration = EmulatorConfiguration(now: Visitor.standingClock)
        change(&configuration.settings)
        try await Visitor.with(configuration) { emulator, visitor in
            let token = try #require(try await visitor.tokens().member("access_token"))
            try await body(emulator, &visitor, token)
        }
    }

    @Test func `without a quota there are no headers`() async throws {
        try await with({ _ in }) { _, visitor, token in
            let reply = try await visitor.sendAuthorized("GET", Self.accounts, token)
            #expect(reply.headers.keys.filter { $0.hasPrefix("x-ratelimit") } == [])
        }
    }

    @Test func `headers count down, and excess requests get 429 until the window has moved`() async throws {
        try await with({ $0.quotaLimit = 2 }) { emulator, visitor, token in
            let first = try await visitor.sendAuthorized("GET", Self.accounts, token)
            #expect(first.status == 200)
            #expect(first.headers["x-ratelimit-limit"] == "2")
            #expect(first.headers["x-ratelimit-period"] == "300")
            #expect(first.headers["x-ratelimit-remaining"] == "1")
            #expect(first.headers["x-ratelimit-reset"] == "300")
            #expect(first.headers["x-ratelimit-resource"] == "accounts")
            emulator.advance(bySeconds: 100)
            #expect(try await visitor.sendAuthorized("GET", Self.accounts, token).status == 200)
            let third = try await visitor.sendAuthorized("GET", Self.accounts, token)
            #expect(third.status == 429)
            #expect(third.body == #"{"Error":"TooManyRequests","Message":"Rate quota exceeded"}"#)
            #expect(third.headers["x-ratelimit-remaining"] == "0")
            #expect(third.headers["x-ratelimit-reset"] == "300")
            #expect(third.headers["retry-after"] == "200")
            #expect(emulator.counts.throttled == 1)
            emulator.advance(bySeconds: 200)
            #expect(try await visitor.sendAuthorized("GET", Self.accounts, token).status == 200)
            #expect(try await visitor.sendAuthorized("GET", Self.accounts, token).status == 429)
        }
    }

    @Test func `each user and resource has its own quota; orders have none`() async throws {
        try await with({ $0.quotaLimit = 1 }) { emulator, visitor, alice in
            let bob = try #require(try await visitor.tokens(as: "bob").member("access_token"))
            for token in [alice, bob] {
                #expect(try await visitor.sendAuthorized("GET", Self.accounts, token).status == 200)
                #expect(try await visitor.sendAuthorized("GET", Self.accounts, token).status == 429)
                #expect(try await visitor.sendAuthorized("GET", "/v3/marketdata/quotes/A", token).status == 200)
            }
            for _ in 1...3 { #expect(try await visitor.order(alice).status == 200) }
            #expect(emulator.counts.throttled == 2)
        }
    }

    @Test func `Retry-After can be disabled`() async throws {
        try await with({
            $0.quotaLimit = 1
            $0.sendsRetryAfter = false
        }) { _, visitor, token in
            _ = try await visitor.sendAuthorized("GET", Self.accounts, token)
            let reply = try await visitor.sendAuthorized("GET", Self.accounts, token)
            #expect(reply.status == 429)
            #expect(reply.headers["retry-after"] == nil)
        }
    }

    @Test func `a user's streams are limited, and closing one allows another`() async throws {
        try await with({ $0.streamLimit = 1 }) { emulator, visitor, token in
            let bob = try await visitor.tokens(as: "bob").member("access_token")
            let first = try await visitor.stream(Visitor.aliceOrders, bearer: token)
            #expect(first.status == 200)
            let second = try await visitor.sendAuthorized("GET", Visitor.quotes, token)
            #expect(second.status == 429)
            #expect(second.body == #"{"Error":"TooManyRequests","Message":"Stream quota exceeded"}"#)
            let other = try await visitor.stream(Visitor.quotes, bearer: bob)
            #expect(other.status == 200)
            emulator.streams.strike(.end, to: StreamSelection(username: "alice"))
            try await emulator.wait { $0.openStreams == 1 }
            #expect(try await visitor.stream(Visitor.aliceOrders, bearer: token).status == 200)
            #expect(emulator.counts.throttled == 1)
            #expect(emulator.counts.streamsOpened == 3)
        }
    }
}

import Foundation
import Testing
import TradeStationModel

@testable import TradeStationOAuth

@Suite struct GrantedLifetimeTests {
    private static let now: Int64 = 1_791_279_060

    /// A JWT with these claims.
    private static func token(_ claims: String) -> String {
        "\(Base64URL.encode(#"{"alg":"RS256"}"#.utf8)).\(Base64URL.encode("{\(claims)}".utf8)).c2ln"
    }

    /// What the lifetime of a granted token is and where it comes from, or why the answer has none.
    ///
    /// - Parameters:
    ///   - claims: the claims of the access token; nil for a token that is no JWT.
    ///   - server: the server's clock, in seconds after ``now``; nil if it sends no date.
    ///   - local: the clock of this machine, in seconds after ``now``.
    private static func lifetime(
        _ expiresIn: String?,
        claims: String? = nil,
        server: Int64? = 0,
        local: Int64 = 0
    ) -> String {
        let members = [
            #""access_token":"\#(claims.map(token) ?? "opaque")""#, #""refresh_token":"ref-2""#,
            expiresIn.map { #""expires_in":\#($0)"# },
        ]
        let body = "{\(members.compactMap { $0 }.joined(separator: ","))}"
        let answer = TokenAnswer.classify(
            status: 200,
            headers: server.map { [("Date", date(now + $0))] } ?? [],
            body: Array(body.utf8),
            at: Timestamp(milliseconds: (now + local) * 1000)
        )
        return switch answer {
        case .granted(let grant): "\(grant.lifetimeSeconds) \(grant.lifetimeOrigin.rawValue)"
        case .failed(let failure): "\(failure.kind): \(failure.description ?? "")"
        }
    }

    private static func date(_ seconds: Int64) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSince1970: Double(seconds)))
    }

    @Test func `without expires_in the exp of the access token counts, and the earlier one of both`() {
        let seventy = #""iat":\#(Self.now),"exp":\#(Self.now + 70)"#
        for nothing in [nil, "null", "0", "-1", "\"soon\"", "{}", "true", "NaN"] {
            #expect(Self.lifetime(nothing, claims: seventy) == "70 access_token")
            #expect(Self.lifetime(nothing, claims: #""exp":\#(Self.now + 70)"#) == "70 access_token")
            #expect(Self.lifetime(nothing) == "1200 assumed")
            #expect(Self.lifetime(nothing, claims: #""sub":"u""#) == "1200 assumed")
        }
        #expect(Self.lifetime("1200", claims: seventy) == "70 access_token")
        #expect(Self.lifetime("1200", claims: #""exp":"\#(Self.now + 70)""#) == "70 access_token")
        #expect(Self.lifetime("1200", claims: #""exp":\#((Self.now + 70) * 1000)"#) == "70 access_token")
        #expect(Self.lifetime("60", claims: seventy) == "60 expires_in")
        #expect(Self.lifetime("70", claims: seventy) == "70 expires_in")
        #expect(Self.lifetime("31536000", claims: seventy) == "70 access_token")
        #expect(Self.lifetime("1200", claims: #""exp":0"#) == "1200 expires_in")
        #expect(Self.lifetime("1200", claims: #""exp":"never""#) == "1200 expires_in")
    }

    @Test func `a token that the server issued some time ago ends when its exp says`() {
        let old = #""iat":\#(Self.now - 1130),"exp":\#(Self.now + 70)"#
        #expect(Self.lifetime("1200", claims: old) == "70 access_token")
        #expect(Self.lifetime(nil, claims: old) == "70 access_token")
    }

    @Test(arguments: [0, 3600, -3600, 86_400 * 3650, -86_400 * 50 * 365] as [Int64])
    func `a wrong clock of this machine does not change the lifetime if the server tells the time`(local: Int64) {
        let claims = #""iat":\#(Self.now),"exp":\#(Self.now + 70)"#
        #expect(Self.lifetime(nil, claims: claims, local: local) == "70 access_token")
        #expect(Self.lifetime(nil, claims: claims, server: nil, local: local) == "70 access_token")
        #expect(Self.lifetime(nil, claims: #""exp":\#(Self.now + 70)"#, local: local) == "70 access_token")
        #expect(Self.lifetime("\(Self.now + 900)", local: local) == "900 point_in_time")
    }

    @Test func `a server without a date goes by the clock of this machine, unless that cannot be right`() {
        #expect(Self.lifetime(nil, claims: #""exp":\#(Self.now + 70)"#, server: nil) == "70 access_token")
        #expect(Self.lifetime(nil, claims: #""exp":\#(Self.now + 70)"#, server: nil, local: 3600) == "1200 assumed")
        #expect(Self.lifetime("\(Self.now + 900)", server: nil) == "900 point_in_time")
        #expect(Self.lifetime("\(Self.now + 900)", server: nil, local: -86_400 * 365) == "1200 assumed")
    }

    @Test func `a date that contradicts the token does not count`() {
        let claims = #""iat":\#(Self.now),"exp":\#(Self.now + 1200)"#
        for server in [-86_400 * 365, -600, 86_400 * 365] as [Int64] {
            #expect(Self.lifetime("1200", claims: claims, server: server) == "1200 expires_in")
            #expect(Self.lifetime(nil, claims: claims, server: server) == "1200 access_token")
        }
    }

    @Test func `an expires_in that is a point in time is recognized, and never taken for a number of seconds`() {
        for point in ["\(Self.now + 900)", "\(Self.now + 900).5", "\"\(Self.now + 900)\""] {
            #expect(Self.lifetime(point) == "900 point_in_time")
        }
        for scale in [1000, 1_000_000, 1_000_000_000] as [Int64] {
            #expect(Self.lifetime("\((Self.now + 900) * scale)") == "900 point_in_time")
        }
        let text = Timestamp(milliseconds: (Self.now + 900) * 1000).description
        #expect(Self.lifetime("\"\(text)\"") == "900 point_in_time")
        let claims = #""iat":\#(Self.now),"exp":\#(Self.now + 70)"#
        #expect(Self.lifetime("\(Self.now + 900)", claims: claims) == "70 access_token")
        // One that has passed, and one that is a year away, which this server cannot mean.
        #expect(Self.lifetime("\(Self.now - 900)") == "1200 assumed")
        #expect(Self.lifetime("638000000000000000") == "1200 assumed")
    }

    @Test func `for more than a day, twenty minutes are assumed and marked`() {
        #expect(Self.lifetime("86400") == "86400 expires_in")
        for seconds in ["86401", "1200000", "31536000", "999999999", "1e308", "1e999"] {
            #expect(Self.lifetime(seconds) == "1200 limited")
        }
        #expect(Self.lifetime("\(Self.now + 86_400 * 365)") == "86400 point_in_time")
    }

    @Test func `an access token that has expired by the server's clock is not taken`() {
        #expect(
            Self.lifetime("1200", claims: #""exp":\#(Self.now - 5)"#)
                == "outcomeUnknown: The answer's access token has already expired."
        )
        // The clock of this machine alone proves nothing.
        #expect(Self.lifetime("1200", claims: #""exp":\#(Self.now - 5)"#, server: nil) == "1200 expires_in")
    }
}

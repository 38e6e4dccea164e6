import Foundation
import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// An answer of a token endpoint with its expected meaning, from the table in `fixtures/token-answers.json`.
struct CannedAnswer: Decodable, Sendable, CustomTestStringConvertible {
    struct Repeat: Decodable {
        let text: String
        let count: Int
    }
    struct Expectation: Decodable {
        let kind: String
        let code: String?
        let error: String?
        let description: String?
        let retry_after: Int?
        let salvaged: String?
        let lifetime: Int?
        let assumed: Bool?
        let refresh: String?
        let id_token: String?
        let scope: String?
    }

    let name: String
    let status: Int
    let headers: [String: String]?
    let body: String?
    let body_hex: String?
    /// The text that replaces `@@` in the body.
    let `repeat`: Repeat?
    let expect: Expectation

    var testDescription: String { name }

    var bytes: [UInt8] {
        if let body_hex {
            let digits = Array(body_hex)
            return stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }
        let filling = `repeat`.map { String(repeating: $0.text, count: $0.count) } ?? ""
        return Array((body ?? "").replacing("@@", with: filling).utf8)
    }

    static let all: [CannedAnswer] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "fixtures/token-answers.json")
        let table = try? JSONDecoder().decode([CannedAnswer].self, from: Data(contentsOf: file))
        return table ?? []
    }()
}

@Suite struct TokenAnswerTests {
    @Test func `the table of canned answers exists and has unique names`() {
        #expect(CannedAnswer.all.count >= 110)
        #expect(Set(CannedAnswer.all.map(\.name)).count == CannedAnswer.all.count)
    }

    @Test(arguments: CannedAnswer.all)
    func `a canned answer is classified as the table expects`(_ canned: CannedAnswer) {
        let answer = TokenAnswer.classify(
            status: canned.status,
            headers: (canned.headers ?? [:]).map { ($0.key, $0.value) },
            body: canned.bytes,
            sent: [Secret("ref-sent-canary-7f3a")]
        )
        let expected = canned.expect
        switch answer {
        case .granted(let grant):
            #expect(expected.kind == "granted")
            #expect(grant.accessToken.exposed == "acc-canned-0001")
            #expect(grant.lifetimeSeconds == expected.lifetime)
            #expect((grant.lifetimeOrigin == .assumed) == expected.assumed ?? false)
            #expect(grant.refreshToken?.exposed == expected.refresh)
            #expect(grant.idToken?.exposed == expected.id_token)
            #expect(grant.scope == expected.scope)
            #expect(grant.httpStatus == canned.status)
        case .failed(let failure):
            #expect(failure.kind.rawValue == expected.kind)
            #expect(failure.httpStatus == canned.status)
            #expect(failure.code.rawValue == expected.code)
            #expect(failure.oauthError == expected.error)
            #expect(failure.retryAfterSeconds == expected.retry_after)
            #expect(failure.salvagedRefreshToken?.exposed == expected.salvaged)
            if expected.description != nil || failure.kind != .outcomeUnknown {
                #expect(failure.description == expected.description)
            }
        }
    }

    @Test(arguments: TokenFailure.Kind.allCases)
    func `every kind of failure has a message and a suggestion`(_ kind: TokenFailure.Kind) {
        let error = TokenFailure(kind: kind, httpStatus: 400, oauthError: "e", description: "d").accountsError()
        #expect(error.reason == "HTTP 400: e: d")
        #expect(error.suggestion?.isEmpty == false)
        #expect(error.message.hasSuffix("."))
    }

    @Test func `an unknown outcome is server_unreachable without a status and server_error with one`() {
        #expect(TokenFailure(kind: .outcomeUnknown).code == .serverUnreachable)
        #expect(TokenFailure(kind: .outcomeUnknown, httpStatus: 200).code == .serverError)
        #expect(TokenFailure(kind: .notSent).code == .serverUnreachable)
    }

    @Test func `an answer shows no token when it is printed, reflected or dumped`() {
        let body = """
            {"access_token":"\(Canary.text)-a","refresh_token":"\(Canary.text)-r","id_token":"\(Canary.text)-i",
            "error":"x \(Canary.text)-a","error_description":"\(Canary.text)-r is not \(Canary.text) at all"}
            """
        for (status, text) in [(200, body), (200, body + "x"), (403, body), (500, body)] {
            let answer = TokenAnswer.classify(
                status: status,
                body: Array(text.utf8),
                sent: [Secret(Canary.text)]
            )
            #expect(!Canary.everythingShown(by: answer).contains(Canary.text))
            let error = answer.failure?.accountsError()
            #expect(error.map { !Canary.everythingShown(by: $0).contains("canary") } ?? true)
        }
    }

    @Test func `a secret with reserved characters is redacted in its encoded forms`() {
        let sent = Secret("p+q/r s=&%")
        let echo = #"{"error":"invalid_grant","error_description":"p%2Bq%2Fr+s%3D%26%25 | p%2Bq%2Fr%20s%3D%26%25"}"#
        let failure = TokenAnswer.classify(status: 400, body: Array(echo.utf8), sent: [sent]).failure
        #expect(failure?.description == "<redacted> | <redacted>")
    }
}

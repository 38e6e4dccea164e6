import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

@Suite(.stage()) struct APIErrorTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    struct Balances: Decodable {
        struct Balance: Decodable { let AccountID: String }
        let Balances: [Balance]
    }

    static func apiError(of body: () async throws -> Void) async -> APIError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? APIError
        }
    }

    @Test func `an error body becomes a typed error with the server's request id`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(
            403,
            headers: ["X-Request-Id": "req-7", "Retry-After": "7"],
            #"{"Error":"Forbidden","Message":"Request not supported.","Errors":[{"AccountID":"1","Error":"E"}]}"#
        )
        let error = await Self.apiError {
            _ = try await session.get("/brokerage/accounts?secret=1", as: Balances.self)
        }
        #expect(error?.status == 403)
        #expect(error?.error == "Forbidden")
        #expect(error?.message == "Request not supported.")
        #expect(error?.parts.map(\.accountID) == ["1"])
        #expect(error?.parts.map(\.error) == ["E"])
        #expect(error?.requestID == "req-7")
        #expect(error?.method == "GET")
        #expect(error?.path == "/v3/brokerage/accounts")
        #expect(error?.retryAfter == .seconds(7))
        #expect(
            error?.description
                == "GET /v3/brokerage/accounts: HTTP 403 Forbidden: Request not supported. [req-7]"
        )
    }

    @Test func `a request without as: returns an error answer instead of throwing`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(404, #"{"Error":"NotFound","Message":"No data available."}"#)
        let response = try await session.get("/brokerage/accounts")
        #expect(response.status == 404)
        #expect(response.error?.error == "NotFound")
        #expect(try await session.get("/brokerage/accounts").error == nil)
    }

    @Test func `v2 sends the request id in the body, and the error of a gateway has no details`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(400, #"{"TraceId":"t-1","StatusCode":400,"Message":"bad"}"#)
        let second = try await session.get("/brokerage/accounts").error
        #expect(second?.requestID == "t-1")
        #expect(second?.message == "bad")
        #expect(second?.error == nil)
        stage.respond(502, "<html>Bad Gateway</html>")
        let third = try await session.get("/brokerage/accounts").error
        #expect(third?.status == 502)
        #expect(third?.error == nil && third?.message == nil)
    }

    @Test func `an answer contains both its value and the parts that failed`() async throws {
        let own = EmulatorUser.defaults[0].simAccounts[0]
        let answer = try await manager.session(named: "paper")
            .get("/v3/brokerage/accounts/\(own),SIM000X/balances", as: Balances.self)
        #expect(answer.value.Balances.map(\.AccountID) == [own])
        #expect(answer.errors.map(\.accountID) == ["SIM000X"])
        #expect(answer.errors.map(\.error) == ["Forbidden"])
        #expect(answer.response.status == 200)
    }

    @Test func `a part that cannot be decoded still counts as failed`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(
            200,
            #"{"Balances":[],"Errors":[{"AccountID":"1","Error":"E"},null,"no",{"AccountID":2}]}"#
        )
        let answer = try await session.get("/v3/brokerage/accounts/1,2/balances", as: Balances.self)
        #expect(answer.errors.map(\.accountID) == ["1", nil, nil, nil])
        #expect(answer.errors.map(\.error) == ["E", nil, nil, nil])
    }

    @Test func `an order with an unreadable answer has an unknown outcome`() async throws {
        let session = try await manager.session(named: "paper")
        for method in ["POST", "PUT", "DELETE", "GET"] {
            stage.respond(200, #"{"Orders":[{"Message":"Sent."}]}"#)
            let answer = try await session.perform(APICall(method: method, path: "/v3/orderexecution/orders/1"))
            let expected: AccountsError.Code = method == "GET" ? .serverError : .outcomeUnknown
            #expect(await code { _ = try answer.decoded(as: Balances.self) } == expected)
        }
    }

    @Test func `no error shows a token that the server sent as a member name`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken().secret.exposed
        stage.respond(200, #"{"\#(token)":"x"}"#)
        do {
            _ = try await session.get("/brokerage/accounts", as: [String: Int].self)
            Issue.record("It was decoded.")
        } catch let error as AccountsError {
            #expect(error.description.contains("<redacted>"))
            #expect(!Canary.everythingShown(by: error).contains(token.prefix(40)))
        }
    }

    @Test func `a body of another form is an error that names the place, not the value`() async throws {
        let session = try await manager.session(named: "paper")
        stage.respond(200, #"{"Balances":[{"AccountID":{"canary-value":1}}]}"#)
        do {
            _ = try await session.get("/brokerage/accounts", as: Balances.self)
            Issue.record("It was decoded.")
        } catch let error as AccountsError {
            #expect(error.code == .serverError)
            #expect(error.description.contains("Balances.Index 0.AccountID is not of type String."))
            #expect(!Canary.everythingShown(by: error).contains("canary"))
        }
    }

    @Test func `no error shows a token that the server echoes or the path contains`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken().secret.exposed
        let body =
            #"{"Error":"E \#(token)","Message":"M \#(token)","Errors":[{"AccountID":"\#(token)","Message":"\#(token)"}]}"#
        stage.respond(400, headers: ["X-Request-Id": token], body)
        let refused = await Self.apiError {
            _ = try await session.get("/x/\(token)", as: Balances.self)
        }
        #expect(refused?.parts.count == 1)
        var shown = [Canary.everythingShown(by: try #require(refused))]
        shown.append(Canary.everythingShown(by: AccountsError(try #require(refused))))
        stage.emulator.script([EmulatorFault(at: .api, when: .before, .close, times: 2)])
        for method in ["GET", "POST"] {
            do {
                _ = try await session.perform(APICall(method: method, path: "/x/\(token)"))
                Issue.record("It was answered.")
            } catch {
                shown.append(Canary.everythingShown(by: error))
            }
            stage.emulator.script([EmulatorFault(at: .api, when: .before, .close)])
        }
        #expect(shown.count == 4)
        for text in shown {
            #expect(text.contains("redacted"))
            #expect(!text.contains(token.suffix(40)))
            #expect(!text.contains(token.prefix(40)))
        }
    }
}

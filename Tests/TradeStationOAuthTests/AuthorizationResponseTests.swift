import Testing
import TradeStationModel

@testable import TradeStationOAuth

@Suite struct AuthorizationResponseTests {
    private let state = Secret("st-1")

    /// The response as one line, for comparison.
    private func summary(_ response: AuthorizationResponse) -> String {
        switch response {
        case .accepted(let code, let issuer): "accepted \(code.exposed) \(issuer ?? "-")"
        case .denied(let error): "denied \(error.code) \(error.reason ?? "-")"
        case .refused(let refusal): "refused \(refusal.rawValue)"
        }
    }

    @Test(arguments: [
        ("code=c1&state=st-1", "accepted c1 -"),
        ("state=st-1&code=c1&session_state=x&empty=&flag", "accepted c1 -"),
        (
            "code=c%2F1%2B&state=st%2D1&iss=https%3A%2F%2Fsignin.tradestation.com%2F",
            "accepted c/1+ https://signin.tradestation.com/"
        ),
        ("code=a%2525b&state=st-1", "accepted a%25b -"),
        ("code=c1&state=", "refused missingState"),
        ("code=c1", "refused missingState"),
        ("code=c1&state=st-2", "refused wrongState"),
        ("code=c1&state=st-11", "refused wrongState"),
        ("code=c1&STATE=st-1", "refused missingState"),
        ("", "refused missingState"),
        ("code=c1&code=c2&state=st-1", "refused duplicateParameter"),
        ("code=c1&state=st-1&state=st-1", "refused duplicateParameter"),
        ("code=c1&st%61te=st-1&state=st-1", "refused duplicateParameter"),
        ("x=1&x=2&code=c1&state=st-1", "refused duplicateParameter"),
        ("state=st-1", "refused unusableCode"),
        ("code=&state=st-1", "refused unusableCode"),
        ("code=a+b&state=st-1", "refused unusableCode"),
        ("code=a%20b&state=st-1", "refused unusableCode"),
        ("code=a%0D%0Ab&state=st-1", "refused unusableCode"),
        ("code=%C3%A9&state=st-1", "refused unusableCode"),
        ("code=%&state=st-1", "refused malformed"),
        ("code=%4&state=st-1", "refused malformed"),
        ("code=%zz&state=st-1", "refused malformed"),
        ("code=%FF&state=st-1", "refused malformed"),
        ("error=access_denied&state=st-1", "denied login_denied access_denied"),
        (
            "error=access_denied&error_description=The+user+said%20no&state=st-1",
            "denied login_denied access_denied: The user said no"
        ),
        (
            "error=access_denied&error_description=%1B%5B31mred%0Aline&state=st-1",
            "denied login_denied access_denied:  [31mred line"
        ),
        ("error=&state=st-1", "denied login_denied "),
        ("error=access_denied&code=c1&state=st-1", "denied login_denied access_denied"),
        ("error=login_required&state=st-1", "denied login_denied login_required"),
        ("error=unauthorized_client&state=st-1", "denied client_rejected unauthorized_client"),
        ("error=invalid_scope&state=st-1", "denied client_rejected invalid_scope"),
        ("error=temporarily_unavailable&state=st-1", "denied server_error temporarily_unavailable"),
        ("error=access_denied&state=st-2", "refused wrongState"),
        ("error=access_denied", "refused unprovenError"),
        ("error=access_denied&state=", "refused unprovenError"),
    ])
    func `a query is read as the table expects`(_ query: String, _ meaning: String) {
        #expect(summary(AuthorizationResponse.read(query: query, state: state)) == meaning)
    }

    @Test func `a code of any length is accepted`() {
        for length in [2_049, 60_000] {
            let query = "code=\(String(repeating: "a", count: length))&state=st-1"
            #expect(summary(AuthorizationResponse.read(query: query, state: state)).hasPrefix("accepted"))
        }
    }

    @Test func `more than 64 parameters are refused`() {
        let query = (0..<65).map { "p\($0)=1" }.joined(separator: "&") + "&code=c1&state=st-1"
        #expect(summary(AuthorizationResponse.read(query: query, state: state)) == "refused malformed")
    }

    @Test(arguments: [
        ("http://localhost:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("http://localhost:31022?code=c1&state=st-1\n", "accepted c1 -"),
        ("  HTTP://LocalHost:31022/?code=c1&state=st-1  ", "accepted c1 -"),
        ("http://localhost:31022/?co\n   de=c1&sta\r\nte=st-1", "accepted c1 -"),
        ("http://localhost:31022/?code=c1&state=st-1 and then I closed the window", "accepted c1 -"),
        ("It says: http://localhost:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("http://localhost:31022/?code=c1&state=st-1#", "accepted c1 -"),
        ("http://localhost:31022/?code=c1&state=st-1#_=_", "accepted c1 -"),
        ("http://localhost:31022/#code=c1&state=st-1", "accepted c1 -"),
        ("http://localhost:31022/", "refused notARedirect"),
        ("http://localhost:31022/?", "refused missingState"),
        ("http://localhost:31022/?code=c1", "refused missingState"),
        ("http://localhost:31022/?code=c1&state=st-2", "refused wrongState"),
        ("http://localhost:31022/other?code=c1&state=st-1", "accepted c1 -"),
        ("http://localhost:3000/?code=c1&state=st-1", "accepted c1 -"),
        ("https://localhost:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("localhost:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("localhost/?code=c1&state=st-1", "accepted c1 -"),
        ("http://127.0.0.1:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("http://[::1]:31022/?code=c1&state=st-1", "accepted c1 -"),
        ("https://app.example/cb?tenant=1&code=c1&state=st-1", "accepted c1 -"),
        ("my.app://callback?code=c1&state=st-1", "accepted c1 -"),
        ("/?code=c1&state=st-1", "accepted c1 -"),
        ("?code=c1&state=st-1", "accepted c1 -"),
        ("code=c1&state=st-1", "accepted c1 -"),
        ("\"http://localhost:31022/?code=c1&state=st-1\"", "accepted c1 -"),
        (" '<http://localhost:31022/?code=c1&state=st-1>' ", "accepted c1 -"),
        ("“http://localhost:31022/?code=c1&state=st-1”", "accepted c1 -"),
        ("http://localhost:31022/?code=c1&amp;state=st-1", "accepted c1 -"),
        ("c1", "refused notARedirect"),
        ("", "refused notARedirect"),
        ("\"", "refused notARedirect"),
        ("http://localhost:31022/?error=access_denied", "denied login_denied access_denied"),
        ("http://localhost:31022/?error=access_denied&state=st-2", "refused wrongState"),
        ("http://localhost:31022/?error=access_denied&state=st-1", "denied login_denied access_denied"),
    ])
    func `a pasted line is read as the table expects`(_ text: String, _ meaning: String) {
        var redirect = PastedRedirect(state: state)
        #expect(summary(redirect.read(text)) == meaning)
    }

    @Test func `a URL that is wrapped over several lines can be pasted after other lines`() {
        var redirect = PastedRedirect(state: state)
        #expect(summary(redirect.read("http://localhost:31022/?code=c0&state=st-0")) == "refused wrongState")
        #expect(summary(redirect.read("http://localhost:31022/?co")) == "refused missingState")
        #expect(summary(redirect.read("de=c1&sta")) == "refused missingState")
        #expect(summary(redirect.read("te=st-1")) == "accepted c1 -")
    }

    @Test func `a pasted text over 64 KiB is refused`() {
        var redirect = PastedRedirect(state: state)
        let text = "http://localhost:31022/?code=c1&state=st-1" + String(repeating: " ", count: 64 * 1_024)
        #expect(summary(redirect.read(text)) == "refused tooLong")
    }

    @Test(arguments: AuthorizationResponse.Refusal.allCases)
    func `every refusal has an explanation`(_ refusal: AuthorizationResponse.Refusal) {
        #expect(refusal.explanation.hasSuffix("."))
    }

    @Test func `neither code nor state is shown`() {
        let secret = Secret(Canary.text)
        let accepted = AuthorizationResponse.read(query: "code=\(Canary.text)&state=\(Canary.text)", state: secret)
        let denied = AuthorizationResponse.read(
            query: "error=x&error_description=\(Canary.text)&state=\(Canary.text)",
            state: secret
        )
        #expect(!Canary.everythingShown(by: accepted).contains(Canary.text))
        #expect(!Canary.everythingShown(by: denied).contains(Canary.text))
        let code = AuthorizationCode(
            code: secret,
            verifier: secret,
            redirectURI: "http://localhost",
            nonce: secret,
            issuer: nil
        )
        #expect(!Canary.everythingShown(by: code).contains(Canary.text))
    }
}

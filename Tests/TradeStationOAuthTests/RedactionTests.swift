import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// Error descriptions from servers, as they are shown to the user.
@Suite struct RedactionTests {
    private func failure(_ error: String, _ description: String, secret: String) -> TokenFailure? {
        let answer = TokenAnswer.classify(
            status: 400,
            body: Array(#"{"error":"\#(error)","error_description":"\#(description)"}"#.utf8),
            sent: [Secret(secret), Secret("act")]
        )
        guard case .failed(let failure) = answer else { return nil }
        return failure
    }

    @Test func `a replaced secret is not searched again`() {
        let failure = failure("invalid_grant", "The redaction kept red paint", secret: "red")
        #expect(failure?.description == "The <redacted><redacted>ion kept <redacted> paint")
    }

    @Test func `the longer of two secrets is replaced as a whole`() {
        #expect(failure("invalid_grant", "got compact", secret: "compact")?.description == "got <redacted>")
    }

    @Test func `an empty description is omitted`() {
        let failure = failure("invalid_client", "", secret: "unheard")
        #expect(failure?.description == nil)
        #expect(failure?.accountsError().reason == "HTTP 400: invalid_client")
    }

    @Test func `a declined sign-in without a description shows only the error code`() {
        let query = "error=access_denied&error_description=&state=unguessable"
        guard case .denied(let error) = AuthorizationResponse.read(query: query, state: Secret("unguessable")) else {
            Issue.record("not denied")
            return
        }
        #expect(error.reason == "access_denied")
    }
}

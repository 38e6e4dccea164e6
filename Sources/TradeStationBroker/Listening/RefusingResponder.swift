import NIOCore
import NIOHTTP1

/// Answers clients that the listener does not admit.
struct RefusingResponder: HTTPResponder {
    func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: .forbidden,
            headers: ["Content-Type": "application/json", "Cache-Control": "no-store"]
        )
        try? await response.send(head, body: ByteBuffer(string: Self.body))
    }

    private static let body = """
        {"code":"other_user","message":"Only the user who runs tsaccounts may connect.",\
        "try":"Run the program as the same user.","profile":null}

        """
}

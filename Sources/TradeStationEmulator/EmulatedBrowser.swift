import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Plays a person with a browser at the emulator's sign-in page: opens it, fills in the form, and goes where the
/// answer leads.
public struct EmulatedBrowser: Sendable {
    /// Why a sign-in could not be played.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// What was seen instead of what was expected.
        public let description: String
    }

    /// A browser without a past.
    public init() {}

    /// Signs in and follows the redirect to the program that asked.
    ///
    /// - Parameters:
    ///   - url: the authorization URL.
    ///   - username: what is typed into the form.
    ///   - password: what is typed into the form.
    ///   - declines: refuses instead of signing in.
    /// - Returns: the address that the browser ended up at; it holds the code.
    /// - Throws: ``Failure``, or what the connection throws.
    @discardableResult
    public func signIn(
        at url: String,
        username: String,
        password: String,
        declines: Bool = false
    ) async throws -> String {
        let address = try await redirect(at: url, username: username, password: password, declines: declines)
        _ = try await Self.client.execute(request(address), timeout: .seconds(10))
        return address
    }

    /// Signs in, and only says where the browser is sent.
    ///
    /// - Throws: ``Failure``, or what the connection throws.
    public func redirect(
        at url: String,
        username: String,
        password: String,
        declines: Bool = false
    ) async throws -> String {
        let page = try await Self.client.execute(request(url), timeout: .seconds(10))
        let html = String(buffer: try await page.body.collect(upTo: 1 << 20))
        guard page.status == .ok, let form = html.firstMatch(of: #/<form method="post" action="([^"]+)"/#),
            let hidden = html.firstMatch(of: #/name="transaction" value="([^"]+)"/#),
            let origin = url.firstMatch(of: #/^https?://[^/?]+/#)
        else { throw Failure(description: "no sign-in page, but HTTP \(page.status.code)") }
        var submission = request(String(origin.0) + String(form.1))
        submission.method = .POST
        submission.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let fields = [
            ("transaction", String(hidden.1)), ("username", username), ("password", password),
            ("action", declines ? "decline" : "sign_in"),
        ]
        let body = fields.map { "\($0)=\(FormFields.encode($1))" }.joined(separator: "&")
        submission.body = .bytes(ByteBuffer(string: body))
        let answer = try await Self.client.execute(submission, timeout: .seconds(10))
        guard let location = answer.headers.first(name: "Location") else {
            throw Failure(description: "the sign-in was not accepted: HTTP \(answer.status.code)")
        }
        return location
    }

    /// Over a connection of its own, so that none is left when it is answered.
    private func request(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Connection", value: "close")
        return request
    }

    /// Like a browser it resolves localhost, but unlike one it leaves redirects to its caller.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: .init(redirectConfiguration: .disallow)
    )
}

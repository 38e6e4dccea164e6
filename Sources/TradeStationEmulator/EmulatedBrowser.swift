import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A simulated user with a browser: opens the emulator's sign-in page, fills in the form and follows the redirect.
public struct EmulatedBrowser: Sendable {
    /// Why a simulated sign-in failed.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The reason, for example an unexpected HTTP status.
        public let description: String
    }

    /// Creates a browser without cookies.
    public init() {}

    /// Signs in and follows the redirect to the program that requested the sign-in.
    ///
    /// - Parameters:
    ///   - url: The authorization URL.
    ///   - username: The user name for the form.
    ///   - password: The password for the form.
    ///   - declines: Declines the request instead of signing in.
    /// - Returns: The redirect URL, which contains the code.
    /// - Throws: ``Failure``, or the error of the connection.
    @discardableResult
    public func signIn(
        at url: String,
        username: String,
        password: String,
        declines: Bool = false
    ) async throws -> String {
        let location = try await redirect(at: url, username: username, password: password, declines: declines)
        _ = try await Self.client.execute(request(location), timeout: .seconds(10))
        return location
    }

    /// Signs in and returns the redirect URL without following it.
    ///
    /// - Throws: ``Failure``, or the error of the connection.
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
        else { throw Failure(description: "expected the sign-in page, got HTTP \(page.status.code)") }
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

    /// A request on its own connection, which is closed after the answer.
    private func request(_ url: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Connection", value: "close")
        return request
    }

    /// The HTTP client. It does not follow redirects, because a sign-in returns the redirect URL.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: .init(redirectConfiguration: .disallow)
    )
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TradeStationEmulator

/// A browser and a client program in one. It follows no redirects and keeps one cookie.
struct Visitor: Sendable {
    static let allScopes = "openid offline_access profile email MarketData ReadAccount Trade"

    let addresses: EmulatorAddresses
    let http: HTTPClient
    var cookie: String?

    /// Runs an emulator with a visitor. By default the emulator's clock does not move.
    static func with(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration(now: standingClock),
        _ body: (Emulator, inout Visitor) async throws -> Void
    ) async throws {
        try await Emulator.with(configuration) { emulator in
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton,
                configuration: HTTPClient.Configuration(redirectConfiguration: .disallow)
            )
            var visitor = Visitor(addresses: emulator.addresses, http: http)
            do {
                try await body(emulator, &visitor)
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    static let standingClock: @Sendable () -> Date = { Date(timeIntervalSince1970: 1_900_000_000) }

    static func form(_ fields: [String: String?]) -> String {
        let allowed = CharacterSet(charactersIn: "-._~").union(.alphanumerics)
        return fields.compactMapValues { $0 }.map { name, value in
            name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        }.joined(separator: "&")
    }

    func send(
        _ method: String,
        _ url: String,
        headers: [String: String] = [:],
        body: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await http.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Reply(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
            body: String(buffer: bytes)
        )
    }

    func get(_ url: String, bearer: String? = nil) async throws -> Reply {
        try await send("GET", url, headers: bearer.map { ["authorization": "Bearer \($0)"] } ?? [:])
    }

    func postForm(_ url: String, _ fields: [String: String?], headers: [String: String] = [:]) async throws -> Reply {
        let type = ["content-type": "application/x-www-form-urlencoded"]
        return try await send("POST", url, headers: type.merging(headers) { $1 }, body: Self.form(fields))
    }

    func control(_ name: String, _ json: String? = nil) async throws -> Reply {
        let url = addresses.controlURL + "/" + name
        return try await send(json == nil ? "GET" : "POST", url, body: json)
    }

    // MARK: Browser

    func authorizeURL(_ changes: [String: String?] = [:]) -> String {
        let usual: [String: String?] = [
            "response_type": "code",
            "client_id": addresses.clientID,
            "audience": "https://api.tradestation.com",
            "redirect_uri": "http://localhost:3000",
            "scope": Self.allScopes,
            "state": "a state & more",
        ]
        return addresses.authorizeURL + "?" + Self.form(usual.merging(changes) { $1 })
    }

    func open(_ changes: [String: String?] = [:]) async throws -> Reply {
        try await send("GET", authorizeURL(changes), headers: cookie.map { ["cookie": $0] } ?? [:])
    }

    /// Submits the form of a page, including its hidden field.
    mutating func submit(_ page: Reply, _ fields: [String: String?]) async throws -> Reply {
        let hidden = page.body.firstMatch(of: /name="transaction" value="([^"]+)"/).map { String($0.1) }
        let reply = try await postForm(addresses.authorizeURL, ["transaction": hidden].merging(fields) { $1 })
        if let set = reply.headers["set-cookie"] { cookie = set.split(separator: ";").first.map(String.init) }
        return reply
    }

    /// Signs in and returns the redirect.
    mutating func signIn(as username: String = "alice", _ changes: [String: String?] = [:]) async throws -> Reply {
        let page = try await open(changes)
        return try await submit(page, ["username": username, "password": "\(username)-password"])
    }

    // MARK: Client program

    func exchange(_ code: String?, _ changes: [String: String?] = [:]) async throws -> Reply {
        let usual: [String: String?] = [
            "grant_type": "authorization_code",
            "client_id": addresses.clientID,
            "client_secret": addresses.clientSecret,
            "code": code,
            "redirect_uri": "http://localhost:3000",
        ]
        return try await postForm(addresses.tokenURL, usual.merging(changes) { $1 })
    }

    func refresh(_ token: String?, _ changes: [String: String?] = [:]) async throws -> Reply {
        try await postForm(addresses.tokenURL, refreshFields(token).merging(changes) { $1 })
    }

    func refreshFields(_ token: String?) -> [String: String?] {
        [
            "grant_type": "refresh_token",
            "client_id": addresses.clientID,
            "client_secret": addresses.clientSecret,
            "refresh_token": token,
        ]
    }

    func revoke(_ token: String?, _ changes: [String: String?] = [:]) async throws -> Reply {
        let usual: [String: String?] = [
            "client_id": addresses.clientID,
            "client_secret": addresses.clientSecret,
            "token": token,
        ]
        return try await postForm(addresses.revokeURL, usual.merging(changes) { $1 })
    }

    /// Signs in and exchanges the code.
    mutating func tokens(as username: String = "alice", _ changes: [String: String?] = [:]) async throws -> Reply {
        cookie = nil
        let code = try await signIn(as: username, changes).redirectQuery["code"]
        return try await exchange(code)
    }

    /// Signs in and returns the refresh token.
    mutating func refreshToken(as username: String = "alice") async throws -> String {
        try await tokens(as: username).member("refresh_token") ?? ""
    }
}

import Foundation
import TradeStationModel

/// Authorized requests to the profile's own host.
///
/// A path starts with one slash, for example `/v3/brokerage/accounts`. The `/v3` or `/v2` may be left out. A path that
/// could lead to another host is refused. The profile's fences (limits on what it may do) are read from the store each
/// time before a request is sent, so a fence that another process has just added applies to the next request.
///
/// A request is sent again in these cases only:
///
/// - After a 401, which means that nothing was done: once, with a newer stored token if one exists, otherwise after one
///   refresh that all callers share.
/// - A GET whose connection breaks before the answer: once.
/// - After a 429 to anything but a POST: after the pause that its headers ask for, while the caller still waits.
///
/// A GET is not sent at all while another program has used up the quota of its resource on this login, or while a pause
/// that the server asked for lasts: it waits, or returns an answer with status 429 if the caller does not wait for that
/// long. Requests that may change something are sent at once, because the server decides about them.
///
/// Bodies are kept in memory: at most 1 MiB for a request, 64 MiB for an answer. A request body cannot be a stream,
/// because it could not be sent again after a 401.
///
/// All requests throw ``AccountsError``: `usage` for a bad path, `fenced`, `profile_not_found` once the profile was
/// removed, `server_unreachable`, the errors of ``accessToken()``, and `outcome_unknown` when a request other than a
/// GET may have been carried out but got no readable answer. Requests with `as:` also throw ``APIError`` for a status
/// outside 200 to 299. If the profile is limited to certain accounts, a request that changes an order by its id also
/// throws ``APIError`` when the API does not report which account the order belongs to. When its task is cancelled, a
/// request throws `CancellationError` and closes the connection.
extension Session {
    /// Sends a GET request.
    ///
    /// - Parameters:
    ///   - path: starts with one slash, for example `/v3/brokerage/accounts`.
    ///   - query: the names and values after the `?`; they are encoded here.
    ///   - timeout: how long to wait in total; nil means ``SessionConfiguration/timeout``.
    public func get(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(APICall(method: "GET", path: path, query: query, timeout: timeout))
    }

    /// Sends a GET request and decodes the answer from JSON.
    public func get<Value: Decodable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await get(path, query: query, timeout: timeout).decoded(as: type)
    }

    /// Sends a POST request whose body is a JSON text.
    public func post(
        _ path: String,
        json: [UInt8],
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(APICall(method: "POST", path: path, query: query, body: json, timeout: timeout))
    }

    /// Sends a POST request whose body is a value, encoded as JSON.
    public func post(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await post(path, json: Self.json(body), query: query, timeout: timeout)
    }

    /// Sends a POST request whose body is a value, encoded as JSON, and decodes the answer from JSON.
    public func post<Value: Decodable>(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await post(path, body: body, query: query, timeout: timeout).decoded(as: type)
    }

    /// Sends a PUT request whose body is a JSON text.
    public func put(
        _ path: String,
        json: [UInt8],
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(APICall(method: "PUT", path: path, query: query, body: json, timeout: timeout))
    }

    /// Sends a PUT request whose body is a value, encoded as JSON.
    public func put(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await put(path, json: Self.json(body), query: query, timeout: timeout)
    }

    /// Sends a PUT request whose body is a value, encoded as JSON, and decodes the answer from JSON.
    public func put<Value: Decodable>(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await put(path, body: body, query: query, timeout: timeout).decoded(as: type)
    }

    /// Sends a DELETE request.
    public func delete(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(APICall(method: "DELETE", path: path, query: query, timeout: timeout))
    }

    /// Sends a DELETE request and decodes the answer from JSON.
    public func delete<Value: Decodable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await delete(path, query: query, timeout: timeout).decoded(as: type)
    }

    /// The quota of the resource that this session used last; before that, of the one that any program used last on the
    /// login. Nil when none is known, and once it is full again.
    public var quota: APIQuota? {
        guard let resource = latestResource.value else { return login.quota.current.first }
        return login.quota.current(resource)
    }

    /// The quotas of all resources that any program used on the login and that are not full again, the one that was
    /// reported last first.
    public var quotas: [APIQuota] { login.quota.current }

    /// Sends a call and returns its response, regardless of the status.
    func perform(_ call: APICall) async throws -> APIResponse {
        var sender = RequestSender(session: self, call: call, exchange: WholeReplies(transport: services.apiTransport))
        let sent = try await sender.send()
        return sent.request.response(from: sent.reply)
    }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw AccountsError(
                .usage,
                "The body cannot be encoded as JSON.",
                reason: "\(type(of: value))",
                suggestion: "send a body of strings, whole numbers, arrays and objects"
            )
        }
    }
}

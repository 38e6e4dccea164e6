import Foundation
import TradeStationModel

/// Authorised requests on the profile's own host.
///
/// All of them: a path that begins with one slash, for example `/v3/brokerage/accounts`; the `/v3` or `/v2` may be left
/// out, and whatever could lead to another host is refused. The profile's fences are read from the store before each
/// sending, so that one put up by another process holds for the next request. A 401 refuses a request before anything
/// was accepted: it is sent once more, with a newer stored token if there is one, else after one refresh that all
/// callers share. A GET whose connection dies without an answer is sent once more; nothing else ever is. A 429 to
/// anything but a POST is waited out as its headers ask, within the caller's time. Bodies are held whole (at most 1
/// MiB; answers 64 MiB); there are no bodies from a stream, which could not be sent again after a 401.
///
/// They throw ``AccountsError``: `usage` for a bad path, `fenced`, `profile_not_found` once the profile was removed,
/// `server_unreachable`, `outcome_unknown` when anything but a GET may have been carried out and got no answer that can
/// be read, and those of ``accessToken()``. Those with `as:` also throw ``APIError`` for a status outside 200 to 299,
/// and so does a change of an order by its id under an account fence, when the API does not say whose order it is. A
/// cancelled task throws `CancellationError` and closes the connection.
extension Session {
    /// A GET.
    ///
    /// - Parameters:
    ///   - path: it begins with one slash, for example `/v3/brokerage/accounts`.
    ///   - query: what follows the `?`; encoded here.
    ///   - timeout: how long to wait for everything together; nil means ``SessionConfiguration/timeout``.
    public func get(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(
            APICall(method: "GET", path: path, query: query.map { (name: $0, value: $1) }, timeout: timeout)
        )
    }

    /// A GET whose answer is decoded from JSON.
    public func get<Value: Decodable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await get(path, query: query, timeout: timeout).decoded(as: type)
    }

    /// A POST of a JSON text.
    public func post(
        _ path: String,
        json: [UInt8],
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(
            APICall(
                method: "POST",
                path: path,
                query: query.map { (name: $0, value: $1) },
                body: json,
                timeout: timeout
            )
        )
    }

    /// A POST of a value as JSON.
    public func post(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await post(path, json: Self.json(body), query: query, timeout: timeout)
    }

    /// A POST of a value as JSON whose answer is decoded from JSON.
    public func post<Value: Decodable>(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await post(path, body: body, query: query, timeout: timeout).decoded(as: type)
    }

    /// A PUT of a JSON text.
    public func put(
        _ path: String,
        json: [UInt8],
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(
            APICall(method: "PUT", path: path, query: query.map { (name: $0, value: $1) }, body: json, timeout: timeout)
        )
    }

    /// A PUT of a value as JSON.
    public func put(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await put(path, json: Self.json(body), query: query, timeout: timeout)
    }

    /// A PUT of a value as JSON whose answer is decoded from JSON.
    public func put<Value: Decodable>(
        _ path: String,
        body: some Encodable,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await put(path, body: body, query: query, timeout: timeout).decoded(as: type)
    }

    /// A DELETE.
    public func delete(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        timeout: Duration? = nil
    ) async throws -> APIResponse {
        try await perform(
            APICall(method: "DELETE", path: path, query: query.map { (name: $0, value: $1) }, timeout: timeout)
        )
    }

    /// A DELETE whose answer is decoded from JSON.
    public func delete<Value: Decodable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        as type: Value.Type,
        timeout: Duration? = nil
    ) async throws -> APIAnswer<Value> {
        try await delete(path, query: query, timeout: timeout).decoded(as: type)
    }

    /// What the last answer that spoke of a quota said; nil when none has.
    public var quota: APIQuota? { gauge.last }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw AccountsError(
                .usage,
                "The body cannot be written as JSON.",
                reason: "\(type(of: value))",
                suggestion: "a body of strings, whole numbers, arrays and objects"
            )
        }
    }
}

extension Session {
    /// Returns a stream of JSON objects, for example quotes, bars, orders or positions.
    ///
    /// - Parameters:
    ///   - path: as for ``get(_:query:timeout:)``.
    ///   - query: the names and values after the `?`; they are encoded here.
    ///   - type: the type of each object. Members that may be missing must be optional: an update contains only the
    ///     members that changed (OpenAPI file).
    public func stream<Value: Decodable & Sendable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        of type: Value.Type
    ) -> SessionStream<Value> {
        SessionStream(session: self, call: APICall(method: "GET", path: path, query: query))
    }

    /// Passes a stream to `body`, and closes its connection when `body` ends.
    ///
    /// The connection is also closed as soon as the task is cancelled, even while `body` works on an object and does
    /// not wait for the next one.
    ///
    /// - Parameters: as for ``stream(_:query:of:)``.
    /// - Throws: the errors of `body`.
    public func withStream<Value: Decodable & Sendable, Result: Sendable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        of type: Value.Type,
        _ body: (SessionStream<Value>) async throws -> Result
    ) async throws -> Result {
        let scope = StreamScope()
        defer { scope.end() }
        var stream = stream(path, query: query, of: type)
        stream.scope = scope
        return try await withTaskCancellationHandler {
            try await body(stream)
        } onCancel: {
            scope.end()
        }
    }
}

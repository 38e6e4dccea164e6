extension Session {
    /// A stream of JSON objects, for example quotes, bars, orders or positions.
    ///
    /// - Parameters:
    ///   - path: as for ``get(_:query:timeout:)``.
    ///   - query: what follows the `?`; encoded here.
    ///   - type: what each object is. Members that may be missing are optional there (OpenAPI file: changes carry what
    ///     changed).
    public func stream<Value: Decodable & Sendable>(
        _ path: String,
        query: KeyValuePairs<String, String> = [:],
        of type: Value.Type
    ) -> SessionStream<Value> {
        SessionStream(
            session: self,
            call: APICall(method: "GET", path: path, query: query.map { (name: $0, value: $1) })
        )
    }

    /// A stream that lives as long as `body`: its connection is told to close when `body` ends, and as soon as the task is
    /// cancelled, also while it is busy with an object and does not wait for the next one.
    ///
    /// - Parameters: as for ``stream(_:query:of:)``.
    /// - Throws: what `body` throws.
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

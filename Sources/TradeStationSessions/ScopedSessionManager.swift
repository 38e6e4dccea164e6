/// Opens a session manager, hands it to `body`, and closes it whatever happens.
///
/// - Throws: what opening the store or `body` throws.
public func withSessionManager<Result: Sendable>(
    configuration: SessionConfiguration = SessionConfiguration(),
    _ body: (SessionManager) async throws -> Result
) async throws -> Result {
    let manager = try await SessionManager(configuration: configuration)
    do {
        let result = try await body(manager)
        await manager.close()
        return result
    } catch {
        await manager.close()
        throw error
    }
}

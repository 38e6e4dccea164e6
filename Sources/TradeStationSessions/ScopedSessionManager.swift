/// Opens a session manager, passes it to `body`, and always closes it afterwards.
///
/// - Throws: the errors of opening the store; the errors of `body`.
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

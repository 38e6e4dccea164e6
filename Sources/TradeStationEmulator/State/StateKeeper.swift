/// Keeps the state of an emulator in a file while it runs.
struct StateKeeper: Sendable {
    let file: StateFile
    let port: Int
    let clientSecret: String

    func save(_ state: @escaping @Sendable () -> EmulatorState) async throws {
        try await file.save { state().saved(port: port, clientSecret: clientSecret) }
    }
}

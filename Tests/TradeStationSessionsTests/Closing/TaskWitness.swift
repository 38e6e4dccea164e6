/// Shows whether tasks have ended: each task that begins while a witness is bound holds it until the task ends, and so do
/// the tasks that it begins.
final class TaskWitness: Sendable {
    @TaskLocal private static var bound: TaskWitness?

    /// Runs `body`.
    ///
    /// - Returns: its result, and a check whether all tasks that it began have ended.
    static func watch<Value>(
        _ body: () async throws -> Value
    ) async throws -> (value: Value, isAlone: () -> Bool) {
        let witness = TaskWitness()
        let value = try await $bound.withValue(witness) { try await body() }
        return (value, { [weak witness] in witness == nil })
    }
}

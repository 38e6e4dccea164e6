/// Sees whether tasks live on: each task that begins where one is bound holds it until it ends, and so do those that it
/// begins.
final class TaskWitness: Sendable {
    @TaskLocal private static var bound: TaskWitness?

    /// Does something and returns what came of it, with a look at whether a task that it began still lives.
    static func watch<Value>(
        _ body: () async throws -> Value
    ) async throws -> (value: Value, isAlone: () -> Bool) {
        let witness = TaskWitness()
        let value = try await $bound.withValue(witness) { try await body() }
        return (value, { [weak witness] in witness == nil })
    }
}

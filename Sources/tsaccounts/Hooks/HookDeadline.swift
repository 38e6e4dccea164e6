/// Decides when a hook's command is ended: first politely, then by force.
struct HookDeadline: Hashable, Sendable {
    /// What to do with the command's process group.
    enum Step: Hashable, Sendable {
        case wait(milliseconds: Int64)
        case terminate
        case kill
    }

    /// The time between SIGTERM and SIGKILL, in milliseconds.
    static let grace: Int64 = 5000

    /// How long the command may run, in milliseconds.
    let timeout: Int64
    private(set) var isTerminated = false
    private(set) var isKilled = false

    init(timeout: Int64) {
        self.timeout = timeout
    }

    /// The step after the command has run for some time.
    mutating func step(after elapsed: Int64) -> Step {
        if elapsed >= timeout + Self.grace, !isKilled {
            isKilled = true
            return .kill
        }
        if elapsed >= timeout, !isTerminated {
            isTerminated = true
            return .terminate
        }
        let next = isKilled ? .max : isTerminated ? timeout + Self.grace : timeout
        return .wait(milliseconds: next - elapsed)
    }
}

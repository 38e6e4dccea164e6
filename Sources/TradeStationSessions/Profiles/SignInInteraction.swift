/// How a sign-in interacts with the user.
public struct SignInInteraction: Sendable {
    /// Shows the URL to open. It contains the `state` of the sign-in, so it must not be an argument of a process, which
    /// other users of the computer can read.
    public let present: @Sendable (_ url: String) async -> Void
    /// Reads a pasted redirect URL; returns nil at the end of input. The property is nil if pasting is not possible.
    public let pasted: (@Sendable () async throws -> String?)?
    /// Shows a message about the sign-in, for example that a pasted text is not valid.
    public let note: @Sendable (_ text: String) -> Void
    /// Whether to listen for the callback; otherwise only a pasted redirect URL completes the sign-in.
    public let usesCallback: Bool
    /// How long the whole sign-in may take.
    public let timeLimit: Duration

    /// Creates an interaction.
    public init(
        timeLimit: Duration = .seconds(600),
        usesCallback: Bool = true,
        present: @escaping @Sendable (_ url: String) async -> Void,
        pasted: (@Sendable () async throws -> String?)? = nil,
        note: @escaping @Sendable (_ text: String) -> Void = { _ in }
    ) {
        self.timeLimit = timeLimit
        self.usesCallback = usesCallback
        self.present = present
        self.pasted = pasted
        self.note = note
    }
}

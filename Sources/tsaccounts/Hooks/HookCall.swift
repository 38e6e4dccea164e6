import TradeStationSessions

/// One run of a hook's command.
struct HookCall: Hashable, Sendable {
    let login: Login.ID
    let command: String
    let variables: [String: String]
    /// The event and its profiles, for notes: for example `hook refreshed (swing)`.
    let title: String

    /// The runs that an event causes, in the order of the hooks.
    static func calls(for event: SessionEvent, of hooks: [Hook], _ environment: HookEnvironment) -> [HookCall] {
        let kind = HookEvent(event.kind)
        let names = event.profiles.map(\.text).joined(separator: ", ")
        return hooks.filter { $0.event == kind }.map { hook in
            HookCall(
                login: event.login,
                command: hook.command,
                variables: environment.variables(for: event),
                title: "hook \(kind.rawValue) (\(names))"
            )
        }
    }
}

import ArgumentParser
import TradeStationSessions
import TradeStationStore

/// The options of `serve` for hooks.
struct HookOptions: ParsableArguments {
    @Option(
        name: .customLong("on"),
        help: ArgumentHelp(
            "Run a shell command after an event: \(HookEvent.list). Repeatable.",
            valueName: "event=command"
        )
    )
    var on: [String] = []

    @Option(
        name: .customLong("hook-timeout"),
        help: ArgumentHelp("How long such a command may run.", valueName: "seconds")
    )
    var timeout: Double = 30

    /// The hooks of the options, after those of the settings file.
    ///
    /// - Throws: ``AccountsError`` `usage`, `insecure_permissions`.
    func hooks(_ configuration: SessionConfiguration) throws(AccountsError) -> [Hook] {
        let (directory, trustsGroup) = (try configuration.configDirectory, configuration.trustsGroup)
        let file = try SettingsFile.read(in: directory, trustsGroup: trustsGroup)
        var hooks = try file.map { file throws(AccountsError) in try HookFile(file.text, path: file.path).hooks } ?? []
        for option in on { hooks.append(try Hook(option: option)) }
        return hooks
    }

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--hook-timeout takes a number of seconds from 0.001 to 3600.")
        }
    }
}

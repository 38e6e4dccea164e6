import ArgumentParser
import TradeStationSessions

/// The root command.
struct Tsaccounts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tsaccounts",
        abstract: "Keep TradeStation sign-ins alive and get fresh access tokens by profile name.",
        discussion: """
            First steps:  tsaccounts demo
                          tsaccounts add profile main --sim --client-id ID --secret-file FILE
                          tsaccounts token main
            """,
        version: Product.version,
        subcommands: [
            AddCommand.self, ImportCommand.self,
            SetCommand.self, LoginCommand.self, LogoutCommand.self, ListCommand.self,
            ShowCommand.self, RenameCommand.self, RemoveCommand.self, RevokeCommand.self, RefreshCommand.self,
            TokenCommand.self, ExecCommand.self, ProxyCommand.self, ServeCommand.self, WatchCommand.self,
            DashboardCommand.self, StatusCommand.self, AuditCommand.self, DemoCommand.self, EmulatorCommand.self,
            BackupCommand.self, SelftestCommand.self, CompletionCommand.self, SystemdCommand.self,
        ]
    )

    @OptionGroup var shared: SharedOptions
}

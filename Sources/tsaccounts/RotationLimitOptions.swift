import ArgumentParser

/// How long what a rotating API key issues lives. TradeStation's figures are unconfirmed, so they can be set.
struct RotationLimitOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A rotating key's refresh token lives so long (1800; 0: for ever).", valueName: "seconds")
    )
    var idle: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("A rotating key's sign-in lives so long (86400; 0: for ever).", valueName: "seconds")
    )
    var absolute: Int?
}

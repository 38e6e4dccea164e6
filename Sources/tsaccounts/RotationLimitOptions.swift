import ArgumentParser

/// The lifetimes of the refresh tokens and sign-ins of a rotating API key.
///
/// The defaults are TradeStation's figures. They are unconfirmed, so users can change them. Setting one also says that the
/// key rotates, which otherwise only the first refresh shows.
struct RotationLimitOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Lifetime of an unused refresh token, for a rotating key (default 1800; 0: unlimited).",
            valueName: "seconds"
        )
    )
    var idle: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Sign-in lifetime, for a rotating key (default 86400; 0: unlimited).",
            valueName: "seconds"
        )
    )
    var absolute: Int?
}

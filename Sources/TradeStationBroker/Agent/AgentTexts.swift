package import TradeStationModel

/// How the agent shows profiles and commands: as the command line does.
package struct AgentTexts: Sendable {
    /// All profiles as JSON.
    let profiles: @Sendable (ProfileListing) -> String
    /// A profile as JSON.
    let profile: @Sendable (ProfileRecord) -> String
    /// A suggested command as users paste it.
    let suggestion: @Sendable (String) -> String

    package init(
        profiles: @escaping @Sendable (ProfileListing) -> String,
        profile: @escaping @Sendable (ProfileRecord) -> String,
        suggestion: @escaping @Sendable (String) -> String
    ) {
        self.profiles = profiles
        self.profile = profile
        self.suggestion = suggestion
    }
}

import TradeStationModel

/// One refresh of a login, as the caller that started its flight asked for it.
struct RefreshRequest: Sendable {
    let login: Login.ID
    /// The profile that asked, for the audit, metrics and messages.
    let profile: ProfileName
    var intent: RefreshIntent
    /// How long that caller waits, by the boot clock: nothing is tried that would take longer.
    let deadline: Int64
}

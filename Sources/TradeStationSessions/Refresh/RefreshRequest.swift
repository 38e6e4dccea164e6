import TradeStationModel

/// One refresh of a login, as the caller that started its flight asked for it.
struct RefreshRequest: Sendable {
    let login: Login.ID
    /// The profile that asked, for the audit, metrics and messages.
    let profile: ProfileName
    var intent: RefreshIntent
    /// When the caller stops waiting, by the boot clock. No wait that would last longer is started.
    let deadline: Int64
}

public import TradeStationModel

/// What ``SessionManager/run()`` has to tell about a login: once when refreshing begins to fail or fails for another
/// reason, and once when it works again.
public struct KeepingNotice: Sendable {
    /// The profile whose session was opened last on the login.
    public let profile: ProfileName
    /// Why it cannot be kept fresh at the moment; nil when it can be again.
    public let failure: AccountsError?
}

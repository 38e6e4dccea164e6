public import TradeStationModel

/// A change in whether ``SessionManager/run()`` can keep a login fresh. Reported once when refreshing starts to fail,
/// once if the reason changes, and once when it works again.
public struct KeepingNotice: Sendable {
    /// The profile whose session was opened last on the login.
    public let profile: ProfileName
    /// Why the login cannot be kept fresh at the moment; nil means that it can be again.
    public let failure: AccountsError?
}

package import TradeStationModel
package import TradeStationSessions

extension ProfileUse {
    /// The use of a profile by the process at the other end of a connection. Record it once per connection and profile:
    /// ``ClientConnection/isFirstUse(of:)``.
    package init(of profile: ProfileRecord, by client: ConnectedClient, through door: Door) {
        self.init(of: profile, through: door, processID: client.processID, program: client.program)
    }
}

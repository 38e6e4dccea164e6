package import TradeStationModel
package import TradeStationSessions

/// A profile that foreign programs use, and the settings for that.
package struct ProxiedProfile: Sendable {
    /// The session that all requests go through.
    package let session: Session
    let manager: SessionManager
    let door: ProfileUse.Door
    let handles: HandleIssuer
    /// Whether the client id in a request for a token is ignored.
    let acceptsAnyClient: Bool
    let clock: any TimeSource

    /// - Parameters:
    ///   - session: a session of `manager`.
    ///   - door: what the audit says that programs use the profile through.
    ///   - handles: issues the tokens that programs get. All profiles of a run can share it.
    ///   - acceptsAnyClient: whether a program may name another client id than that of the profile's API key.
    package init(
        _ session: Session,
        of manager: SessionManager,
        door: ProfileUse.Door,
        handles: HandleIssuer,
        acceptsAnyClient: Bool = false,
        clock: any TimeSource = SystemClock()
    ) {
        self.session = session
        self.manager = manager
        self.door = door
        self.handles = handles
        self.acceptsAnyClient = acceptsAnyClient
        self.clock = clock
    }

    /// The profile as it was when its session was opened.
    var record: ProfileRecord { session.profile }

    /// Records in the audit that a program uses the profile, once for each connection. The request does not wait for it.
    func noteUse(on connection: ClientConnection) {
        guard connection.isFirstUse(of: record.profile.id) else { return }
        let (pid, program) = (connection.client.processID, connection.client.program)
        manager.note(ProfileUse(of: record, through: door, processID: pid, program: program))
    }
}

import Synchronization
package import TradeStationModel

/// A client's connection, on which several requests may arrive.
package final class ClientConnection: Sendable {
    /// The process at the other end.
    package let client: ConnectedClient
    private let used = Mutex<Set<Profile.ID>>([])

    package init(client: ConnectedClient) {
        self.client = client
    }

    /// Notes that the client uses a profile. Returns true for the first use on this connection, which is the one to
    /// record in the audit.
    package func isFirstUse(of profile: Profile.ID) -> Bool {
        used.withLock { $0.insert(profile).inserted }
    }
}

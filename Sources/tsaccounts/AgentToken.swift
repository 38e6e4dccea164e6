import Foundation
import TradeStationBroker
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks a running `serve` for a token, which is faster than opening the store.
struct AgentToken {
    private let socket: String
    private let store: StoreIdentity

    /// - Returns: nil if no agent should be asked: the store is missing, the socket is turned off, or the user wants
    ///   details of what happens.
    init?(_ shared: SharedOptions) {
        guard !shared.verbose, let directory = try? shared.configuration(requester: "").dataDirectory,
            let store = StoreIdentity(directory: directory),
            let socket = AgentSocket.path(environment: ProcessInfo.processInfo.environment, store: directory),
            access(socket, F_OK) == 0
        else { return nil }
        self.store = store
        self.socket = socket
    }

    /// The JSON of a fresh token; nil if the agent does not have one at once.
    func json(of profile: ProfileName, minValidity: UInt32) async -> String? {
        let client = AgentClient(socket: socket, store: store)
        return try? await OwnThread.run { _ in client.token(of: profile, minValidity: minValidity) }
    }
}

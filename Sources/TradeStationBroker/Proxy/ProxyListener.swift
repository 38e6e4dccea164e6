import Foundation
package import Logging
import NIOCore
import TradeStationModel
package import TradeStationSessions

/// A listener of the proxy on 127.0.0.1, for programs of this user.
package struct ProxyListener: Sendable {
    private let listener: HTTPListener
    private let manager: SessionManager
    private let profiles: ProxyProfiles
    private let handles = HandleIssuer()

    /// The port.
    package let port: Int

    /// Starts to listen. There are no profiles before ``serve(_:)``.
    ///
    /// - Parameter port: at 0, the system chooses one.
    /// - Throws: ``AccountsError`` `cannot_create` if the port is in use.
    package static func start(of manager: SessionManager, on port: Int, logger: Logger) async throws -> ProxyListener {
        let (number, profiles, user) = (ListeningPort(), ProxyProfiles(), geteuid())
        let listener: HTTPListener
        do {
            listener = try await HTTPListener.start(
                on: .loopback(port: port),
                logger: logger,
                admit: { $0.userID == user },
                responder: ProxyResponder(profiles, port: number)
            )
        } catch let error as IOError {
            throw AccountsError(
                .cannotCreate,
                "The proxy cannot listen on port \(port) of 127.0.0.1.",
                reason: String(cString: strerror(error.errnoCode)) + ".",
                suggestion: "name another port: --listen 127.0.0.1:0 selects a free one"
            )
        }
        let bound = listener.port ?? port
        number.set(bound)
        return ProxyListener(listener: listener, manager: manager, profiles: profiles, port: bound)
    }

    /// Replaces the profiles that programs can use.
    ///
    /// - Parameter sessions: sessions of the manager for the profiles, and their keys.
    package func serve(_ sessions: [(session: Session, key: AccessKey)]) {
        profiles.replace(
            with: sessions.map { session, key in
                ProxyResponder.Entry(ProxiedProfile(session, of: manager, door: .proxy, handles: handles), key: key)
            }
        )
    }

    /// Stops listening. Responses under way are completed, within a few seconds at most.
    package func close() async {
        await listener.close()
    }
}

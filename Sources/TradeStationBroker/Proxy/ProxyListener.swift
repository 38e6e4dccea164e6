import Foundation
package import Logging
import NIOCore
package import TradeStationModel
package import TradeStationSessions

/// A listener of the proxy on 127.0.0.1, for programs of this user.
package struct ProxyListener: Sendable {
    private let listener: HTTPListener

    /// The port.
    package let port: Int

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - sessions: sessions of `manager` for the profiles, and their keys.
    ///   - port: at 0, the system chooses one.
    /// - Throws: ``AccountsError`` `cannot_create` if the port is in use.
    package static func start(
        for sessions: [(session: Session, key: AccessKey)],
        of manager: SessionManager,
        on port: Int,
        logger: Logger
    ) async throws -> ProxyListener {
        let handles = HandleIssuer()
        let number = ListeningPort()
        let entries = sessions.map { session, key in
            ProxyResponder.Entry(ProxiedProfile(session, of: manager, door: .proxy, handles: handles), key: key)
        }
        let user = geteuid()
        let listener: HTTPListener
        do {
            listener = try await HTTPListener.start(
                on: .loopback(port: port),
                logger: logger,
                admit: { $0.userID == user },
                responder: ProxyResponder(entries, port: number)
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
        return ProxyListener(listener: listener, port: bound)
    }

    /// Stops listening. Responses under way are completed, within a few seconds at most.
    package func close() async {
        await listener.close()
    }
}

import Foundation
import Logging
import TradeStationBroker
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The Unix socket on which `serve` listens.
struct ServedSocket {
    /// Where it listens; nil if the user wants no socket.
    let address: ListeningAddress?

    /// - Parameters:
    ///   - option: The path of the option.
    ///   - passed: The sockets that systemd has passed.
    ///   - store: The data directory of the store.
    init(option: String?, passed: [Int32], environment: [String: String], store: String) {
        if let option {
            let directory = FileManager.default.currentDirectoryPath
            address = .unixSocket(path: option.hasPrefix("/") ? option : "\(directory)/\(option)")
        } else if let descriptor = passed.first(where: SocketActivation.isUnixListener) {
            address = .inherited(descriptor: descriptor)
        } else {
            address = AgentSocket.path(environment: environment, store: store).map { .unixSocket(path: $0) }
        }
    }

    /// The place as it is shown.
    var shownPlace: String? {
        switch address {
        case .unixSocket(let path): path.printable(limit: 200)
        case .inherited: "the socket that systemd has passed"
        case .loopback, nil: nil
        }
    }

    /// Starts to listen.
    ///
    /// - Returns: nil if the user wants no socket.
    func listen(_ agent: Agent, logger: Logger) async throws -> HTTPListener? {
        guard let address else { return nil }
        return try await HTTPListener.start(
            on: address,
            logger: logger,
            limits: Agent.limits,
            admit: { $0.userID == geteuid() },
            responder: agent
        )
    }
}

extension Agent {
    /// The agent of `serve`, which shows profiles as the other commands do.
    static func served(_ manager: SessionManager, store directory: String, metrics: MetricsExporter) -> Agent {
        var mounts = AgentMounts()
        mounts.paths["/metrics"] = MetricsResponder(metrics)
        return Agent(
            manager,
            store: StoreIdentity(directory: directory),
            texts: AgentTexts(
                profiles: { ProfileText(now: SystemClock().wallTime()).json($0).line },
                profile: { ProfileText(now: SystemClock().wallTime()).json($0).line },
                suggestion: { advice in
                    advice.hasPrefix(FailureText.sameCommand)
                        ? "Send the same request again." : PastableCommand(advice).text
                }
            ),
            mounts: mounts,
            clock: SystemClock()
        )
    }
}

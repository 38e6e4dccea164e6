import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// A stand-in for TradeStation's sign-in server and API, on one loopback port.
///
/// The emulator prints nothing and listens only on 127.0.0.1. It keeps its state in memory. If
/// ``EmulatorConfiguration/stateFile`` names a file, it also keeps its sign-ins in that file. ``stop()`` ends the
/// emulator.
public final class Emulator: Sendable {
    /// The emulator's URLs, client credentials and users.
    public let addresses: EmulatorAddresses
    private let core: EmulatorCore
    private let group: ServiceGroup
    private let server: Task<Void, any Error>

    private init(
        addresses: EmulatorAddresses,
        core: EmulatorCore,
        group: ServiceGroup,
        server: Task<Void, any Error>
    ) {
        self.addresses = addresses
        self.core = core
        self.group = group
        self.server = server
    }

    deinit {
        server.cancel()
    }

    /// Starts an emulator and returns once it accepts connections.
    ///
    /// - Throws: ``EmulatorError`` if the port is not available; ``EmulatorStateError`` if the state file cannot be used;
    ///   `CancellationError` if the caller is cancelled.
    public static func start(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws -> Emulator
    {
        let file = configuration.stateFile.map(StateFile.init)
        let saved = try file?.load()
        let wantedPort = configuration.port == 0 ? saved?.port ?? 0 : configuration.port
        let secret =
            configuration.clientSecret ?? saved?.clientSecret
            ?? DecisionContext(now: configuration.now(), randomBytes: configuration.randomBytes).secret(48)
        let core = EmulatorCore(configuration, clientSecret: secret)
        if let saved { core.withState { $0.restore(saved) } }
        let silent = Logger(label: "TradeStationEmulator", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            responder: HTTPGateway(
                handler: RequestHandler(core: core, wait: { try await Task.sleep(for: .seconds($0)) })
            ),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: wantedPort)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
            },
            logger: silent
        )
        var services = ServiceGroupConfiguration(services: [application], logger: silent)
        services.maximumGracefulShutdownDuration = shutdownGracePeriod
        let group = ServiceGroup(configuration: services)
        let server = Task {
            do {
                try await group.run()
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
                throw error
            }
        }
        do {
            for try await port in ports {
                let addresses = EmulatorAddresses(port: port, configuration: configuration, clientSecret: secret)
                core.keepState(in: file.map { StateKeeper(file: $0, port: port, clientSecret: secret) })
                let emulator = Emulator(addresses: addresses, core: core, group: group, server: server)
                do {
                    try await core.saveState()
                } catch {
                    await emulator.stop()
                    throw error
                }
                return emulator
            }
        } catch let error as EmulatorStateError {
            throw error
        } catch {
            throw EmulatorError(port: wantedPort, reason: "\(error)")
        }
        // `ports` ended without an element, so the caller was cancelled.
        await group.triggerGracefulShutdown()
        _ = await server.result
        throw CancellationError()
    }

    /// Runs `body` with an emulator and stops the emulator afterwards, even if `body` throws.
    public static func with<Result>(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration(),
        _ body: (Emulator) async throws -> Result
    ) async throws -> Result {
        let emulator = try await start(configuration)
        do {
            let result = try await body(emulator)
            await emulator.stop()
            return result
        } catch {
            await emulator.stop()
            throw error
        }
    }

    /// Stops the emulator: ends every stream with GoAway and closes every connection, including those that a fault holds
    /// open.
    ///
    /// Calling this twice is safe.
    public func stop() async {
        core.withState { state, now in state.streams.stop(state.server.settings, at: now) }
        // The server is not cancelled, because that would drop connections that were accepted but not yet read. A
        // graceful shutdown still serves them.
        await group.triggerGracefulShutdown()
        _ = await server.result
    }

    /// The time that requests in progress have to finish when the emulator stops.
    private static let shutdownGracePeriod = Duration.milliseconds(100)

    /// The counts so far.
    public var counts: EmulatorCounts { core.withState { $0.counts } }

    /// The requests so far, oldest first, without those to the control endpoints.
    public var log: [RequestLogEntry] { core.withState { $0.log } }

    /// The accepted orders in their current state, oldest first.
    public var orders: [EmulatedOrder] { core.withState { $0.api.book.orders } }

    /// The open streams, for tests to control.
    public var streams: EmulatedStreams { EmulatedStreams(core: core) }

    /// Waits until the counts meet a condition.
    ///
    /// - Throws: `CancellationError` if the caller is cancelled first.
    public func wait(until wanted: @escaping @Sendable (EmulatorCounts) -> Bool) async throws {
        try await core.wait(until: wanted)
    }

    /// The faults that have not been injected yet.
    public var faults: [EmulatorFault] { core.withState { $0.faults.faults } }

    /// Replaces the faults that have not been injected yet.
    public func script(_ faults: [EmulatorFault]) {
        core.withState { $0.faults = FaultQueue(faults) }
    }

    /// The current settings.
    public var settings: EmulatorSettings { core.withState { $0.server.settings } }

    /// Changes settings. Requests whose answer is already decided are not affected.
    public func changeSettings(_ change: (inout EmulatorSettings) -> Void) {
        core.withState { change(&$0.server.settings) }
    }

    /// Moves the emulator's clock forward. Streams send the objects and heartbeats that are due by the new time.
    public func advance(bySeconds seconds: Double) {
        core.advance(bySeconds: seconds)
    }

    /// Revokes every refresh token; access tokens remain valid.
    public func revokeAll() {
        core.withState { $0.server.revokeAll() }
    }

    /// Expires every access token; refresh tokens remain valid.
    public func expireAccessTokens() {
        core.expireAccessTokens()
    }
}

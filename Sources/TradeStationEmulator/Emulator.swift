import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization

/// A stand-in for TradeStation's sign-in server and API, on one loopback port.
///
/// It prints nothing and listens on 127.0.0.1 only. It keeps everything in memory; ``stop()`` ends it.
public final class Emulator: Sendable {
    /// Where it listens, and with which credentials it is used.
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
    /// Throws ``EmulatorError`` when the port cannot be had, `CancellationError` when the caller is cancelled.
    public static func start(_ configuration: EmulatorConfiguration = EmulatorConfiguration()) async throws -> Emulator
    {
        let secret =
            configuration.clientSecret
            ?? Moment(now: configuration.now(), randomBytes: configuration.randomBytes).secret(48)
        let core = EmulatorCore(configuration, clientSecret: secret)
        let silent = Logger(label: "TradeStationEmulator", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = Application(
            responder: HTTPGateway(
                handler: RequestHandler(core: core, wait: { try await Task.sleep(for: .seconds($0)) })
            ),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: configuration.port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { continuation.yield(port) }
            },
            logger: silent
        )
        var services = ServiceGroupConfiguration(services: [application], logger: silent)
        services.maximumGracefulShutdownDuration = patience
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
                return Emulator(addresses: addresses, core: core, group: group, server: server)
            }
        } catch {
            throw EmulatorError(port: configuration.port, reason: "\(error)")
        }
        // The stream ended without a port: the caller was cancelled.
        await group.triggerGracefulShutdown()
        _ = await server.result
        throw CancellationError()
    }

    /// Runs `body` with an emulator and stops it afterwards, however `body` ends.
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

    /// Stops listening, sends every stream away, and closes every connection, also one that a fault holds. Safe to call
    /// again.
    public func stop() async {
        core.withState { state, now in state.streams.stop(state.server.settings, at: now) }
        // Not by cancelling at once: a connection that was accepted and not yet looked at must not be dropped.
        await group.triggerGracefulShutdown()
        _ = await server.result
    }

    /// How long a request under way may still take when the emulator stops.
    private static let patience = Duration.milliseconds(100)

    /// What was asked so far.
    public var counts: EmulatorCounts { core.withState { $0.counts } }

    /// Every request seen so far except those to the control endpoints, oldest first.
    public var log: [RequestLogEntry] { core.withState { $0.log } }

    /// The orders that were accepted, oldest first, as they stand now.
    public var orders: [EmulatedOrder] { core.withState { $0.api.book.orders } }

    /// The open streams, to be driven by hand.
    public var streams: EmulatedStreams { EmulatedStreams(core: core) }

    /// Returns once the counts are as wanted.
    ///
    /// - Throws: `CancellationError` when the caller is cancelled first.
    public func wait(until wanted: @escaping @Sendable (EmulatorCounts) -> Bool) async throws {
        try await core.wait(until: wanted)
    }

    /// The faults that have not struck yet.
    public var faults: [EmulatorFault] { core.withState { $0.faults.faults } }

    /// Replaces the faults that wait for their requests.
    public func script(_ faults: [EmulatorFault]) {
        core.withState { $0.faults = FaultQueue(faults) }
    }

    /// What can be switched while it runs.
    public var settings: EmulatorSettings { core.withState { $0.server.settings } }

    /// Switches settings; requests already decided keep their answers.
    public func changeSettings(_ change: (inout EmulatorSettings) -> Void) {
        core.withState { change(&$0.server.settings) }
    }

    /// Moves the emulator's clock forward; streams do what is due then.
    public func advance(bySeconds seconds: Double) {
        core.advance(bySeconds: seconds)
    }

    /// Ends every refresh token at once; access tokens live on.
    public func revokeAll() {
        core.withState { $0.server.revokeAll() }
    }

    /// Makes every access token invalid at once; refresh tokens live on.
    public func expireAccessTokens() {
        core.expireAccessTokens()
    }
}

package import TradeStationModel
import TradeStationOAuth
package import TradeStationSessions

/// Everything that a program needs to run on a profile: a listener, files, and environment variables.
package struct ProgramRun: Sendable {
    /// The environment of the program.
    package let environment: ChildEnvironment
    /// What the user should know, one sentence each.
    package let notes: [String]

    /// Runs `body` with everything in place, and removes it afterwards.
    ///
    /// - Parameters:
    ///   - session: A session of `manager` for the profile.
    ///   - parent: The environment variables of this process.
    /// - Throws: ``AccountsError`` `cannot_create`; with ``RunOptions/handsOutToken``, the errors of
    ///   ``Session/accessToken()``; those that only the user can put right in any case.
    package static func with<Result: Sendable>(
        _ session: Session,
        of manager: SessionManager,
        _ options: RunOptions,
        parent: [String: String],
        clock: any TimeSource = SystemClock(),
        random: RandomSource = .system,
        _ body: (ProgramRun) async throws -> Result
    ) async throws -> Result {
        let handles = HandleIssuer(random)
        let token = try await token(of: session, options, handles, clock)
        let directory = try RunDirectory(environment: parent, now: clock.wallTime())
        defer { directory.remove() }
        let profile = ProxiedProfile(
            session,
            of: manager,
            door: .exec,
            handles: handles,
            acceptsAnyClient: options.acceptsAnyClient,
            clock: clock
        )
        let (hosts, key) = (ProxiedHosts(for: session.profile), AccessKey(random))
        let (password, authority) = (ProxyPassword(random), try RunAuthority(hosts: hosts.names.sorted(), clock: clock))
        // The use of the profile is recorded once for the whole run.
        let connection = ClientConnection(client: ConnectedClient(userID: nil, processID: nil, program: nil))
        _ = connection.isFirstUse(of: session.profile.profile.id)
        let listener = try await TunnelListener.start { port in
            TunnelServices(
                plan: TunnelPlan(hosts: hosts.names),
                password: password,
                authority: authority,
                network: NetworkSettings(environment: parent),
                connection: connection,
                tunnelled: HostResponder(profile, hosts: hosts),
                direct: ProxyResponder([ProxyResponder.Entry(profile, key: key)], port: ListeningPort(port))
            )
        }
        let result: Swift.Result<Result, any Error>
        do {
            var notes: [String] = []
            let outside = ExecVariables.outside(parent)
            let bundles = try directory.write(
                TrustPlan(environment: outside, machineFile: MachineAuthorities.file),
                authority: authority.certificatePEM
            ) { notes.append("The file of authorities cannot be read: \($0.printable(limit: 200))") }
            let environment = ChildEnvironment(
                parent: parent,
                run: ChildEnvironment.Run(
                    profile: session.profile.name,
                    environment: session.profile.profile.environment,
                    port: listener.port,
                    password: password,
                    key: key.secret,
                    accessToken: token,
                    hosts: hosts.names,
                    directory: directory.path,
                    bundles: bundles,
                    pythonHook: options.usesHooks ? try directory.writePythonHook() : nil,
                    nodeHook: options.usesHooks ? try directory.writeNodeHook() : nil,
                    isProxied: options.usesProxy
                )
            )
            result = .success(try await body(ProgramRun(environment: environment, notes: notes + environment.notes)))
        } catch {
            result = .failure(error)
        }
        await listener.close()
        return try result.get()
    }

    /// What the program gets as its access token.
    private static func token(
        of session: Session,
        _ options: RunOptions,
        _ handles: HandleIssuer,
        _ clock: any TimeSource
    ) async throws -> Secret {
        let name = session.profile.name
        do {
            let token = try await session.accessToken()
            return options.handsOutToken
                ? token.secret : handles.handle(for: name, from: clock.wallTime(), until: token.expiresAt)
        } catch let error as AccountsError where error.code.isTemporary && !options.handsOutToken {
            // The program can start without a network: its requests fail with 503 until there is a token.
            let now = clock.wallTime()
            return handles.handle(for: name, from: now, until: now.advanced(byMilliseconds: 60_000))
        }
    }
}

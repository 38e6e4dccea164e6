import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts exec [NAME] -- COMMAND…`.
struct ExecCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a program that knows nothing of tsaccounts on a profile.",
        usage: "tsaccounts exec [<name>] [options] -- <command> ...",
        discussion: """
            The program keeps its own client id and token URL. While it runs, a proxy on this machine answers in the place \
            of TradeStation's hosts: it adds the access token to requests, and answers refreshes. So the program never sees \
            a refresh token, and a simulator profile cannot reach real accounts. All other hosts are reached as before.

            The program finds the proxy by HTTPS_PROXY and its certificate by SSL_CERT_FILE, REQUESTS_CA_BUNDLE, \
            CURL_CA_BUNDLE, NODE_EXTRA_CA_CERTS and DENO_CERT. A program that you can change may instead send its requests \
            to TSACCOUNTS_API_URL, which needs no token.

            The exit status is that of the program; 126 if it cannot be run, 127 if it was not found, 128 + N if signal N \
            ended it.
            """
    )

    /// The environments that `--require` accepts.
    enum Requirement: String, ExpressibleByArgument, CaseIterable {
        case sim
        case live
    }

    @Argument(help: "The profile.", completion: .profiles) var name: String?

    @Argument(parsing: .postTerminator, help: "The program and its arguments.") var command: [String] = []

    @Option(name: .long, help: "Run the program only if the profile is of this environment.") var require: Requirement?

    @Flag(name: .long, help: "Put the real access token into TSACCOUNTS_ACCESS_TOKEN, instead of a stand-in.")
    var token = false

    @Flag(name: .customLong("no-proxy"), help: "Set only the variables that begin with TSACCOUNTS_.")
    var noProxy = false

    @Flag(
        name: .customLong("no-hooks"),
        help: "Leave out the start-up hooks for Python's aiohttp and old Node versions."
    )
    var noHooks = false

    @Flag(name: .customLong("any-client"), help: "Let the program name any client id when it refreshes its token.")
    var anyClient = false

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        guard command.first?.isEmpty == false else {
            throw AccountsError(
                .usage,
                "There is no program to run.",
                reason: "The program and its arguments come after two dashes.",
                suggestion: "tsaccounts exec NAME -- COMMAND"
            )
        }
        let descriptors = InheritedDescriptors()
        let wanted = try shared.profile(name)
        var configuration = shared.configuration(requester: Self.requester)
        configuration.refreshesBehind = true
        let status = try await withSessionManager(configuration: configuration) { manager in
            let record = try await wanted.record(in: manager)
            try check(record)
            let session = try await manager.session(named: record.name.text)
            return try await ProgramRun.with(session, of: manager, options, parent: Self.variables) { run in
                for note in run.notes { shared.note(note) }
                return try await runProgram(run.environment, descriptors, session.profile, manager)
            }
        }
        throw Ending(status: status)
    }

    private static var variables: [String: String] { ProcessInfo.processInfo.environment }

    private var options: RunOptions {
        var options = RunOptions()
        options.handsOutToken = token
        options.usesProxy = !noProxy
        options.usesHooks = !noHooks
        options.acceptsAnyClient = anyClient
        return options
    }

    /// Refuses a profile of another environment than the required one.
    private func check(_ record: ProfileRecord) throws {
        let environment = record.profile.environment
        guard let require, require.rawValue != environment.rawValue else { return }
        throw AccountsError(
            .fenced,
            profile: record.name.text,
            "\(record.name) is a \(environment.rawValue) profile, and --require \(require.rawValue) was given.",
            reason: "The program was not started.",
            suggestion: "tsaccounts list   # shows the environment of each profile"
        )
    }

    /// Runs the program and returns its exit status.
    private func runProgram(
        _ environment: ChildEnvironment,
        _ descriptors: InheritedDescriptors,
        _ record: ProfileRecord,
        _ manager: SessionManager
    ) async throws -> Int32 {
        let launch = ProgramLaunch(
            arguments: command,
            environment: environment.variables,
            descriptors: descriptors,
            start: ProcessStart.recorded
        )
        // From here on, signals are for the program.
        SignalRelay.begin(except: ProcessStart.recorded.ignoredSignals)
        await Interruption.end()
        let processID: Int32
        do throws(ProgramLaunch.Failure) {
            processID = try launch.run()
        } catch {
            Console.standardError(shared.json ? FailureText.json(error.error) : FailureText.plain(error.error))
            return error.status
        }
        async let status = RunningProgram(processID: processID).status()
        let program = command[0].split(separator: "/").last.map(String.init)
        await manager.record([ProfileUse(of: record, through: .exec, processID: processID, program: program)])
        return await status
    }
}

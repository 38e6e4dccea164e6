import Foundation
import Synchronization
import Testing
import TradeStationEmulator

/// All tests that start processes.
///
/// They run one after another: some start dozens of processes, and on a busy machine these would reach their timeouts.
@Suite(.serialized) enum CommandLineSuite {}

/// A tool and an emulator for it.
struct Stage: Sendable {
    let tool: Tool
    let emulator: Emulator
    /// The callback port. Each stage has a different one, so that stages do not wait for each other.
    let port: Int

    @TaskLocal fileprivate static var running: Stage?

    /// The stage of the running test, which needs the `.stage` trait.
    static var current: Stage {
        get throws { try #require(running, "The test has no .stage trait.") }
    }

    private static let nextPort = Atomic<Int>(20_000 + Int(getpid()) % 10_000)

    static func with<Value>(
        _ configuration: EmulatorConfiguration = EmulatorConfiguration(),
        _ body: (Stage) async throws -> Value
    ) async throws -> Value {
        let port = nextPort.add(1, ordering: .relaxed).newValue
        var configuration = configuration
        configuration.additionalRedirectURIs.append("http://localhost:\(port)")
        return try await Tool.with { tool in
            try await Emulator.with(configuration) { emulator in
                try await body(Stage(tool: tool, emulator: emulator, port: port))
            }
        }
    }

    /// The options that lead to the emulator instead of TradeStation.
    var endpoints: [String] {
        let addresses = emulator.addresses
        return [
            "--authorize-url", addresses.authorizeURL, "--token-url", addresses.tokenURL, "--revoke-url",
            addresses.revokeURL,
        ]
    }

    /// Adds a profile with a complete sign-in in an emulated browser.
    @discardableResult
    func add(
        _ name: String,
        user: Int = 0,
        environment: String = "--sim",
        options: [String] = []
    ) async throws -> Tool.Result {
        let addresses = emulator.addresses
        let arguments =
            ["add", "profile", name, environment, "--client-id", addresses.clientID, "--secret-file", "-"]
            + ["--redirect-port", String(port), "--api-url"]
            + [environment == "--sim" ? addresses.simURL : addresses.liveURL] + endpoints + options
        let running = try tool.start(arguments, input: addresses.clientSecret)
        try await signIn(running, user: user)
        let result = await running.result()
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    /// Adds a live profile on the login of another profile.
    func add(_ name: String, sharing other: String) async throws {
        let added = try await tool.run(
            ["add", "profile", name, "--live", "--same-login-as", other, "--api-url", emulator.addresses.liveURL]
        )
        #expect(added.status == 0, "\(added.errors)")
    }

    /// Signs in with an emulated browser, for a command that prints a URL.
    func signIn(_ running: RunningTool, user: Int = 0, declines: Bool = false) async throws {
        guard let url = await running.url() else {
            let result = await running.result()
            throw NoSignInPage(status: result.status, errors: result.errors)
        }
        let person = emulator.addresses.users[user]
        try await EmulatedBrowser().signIn(
            at: url,
            username: person.username,
            password: person.password,
            declines: declines
        )
    }

    /// Starts a sign-in to the profile `p` that waits for a pasted URL, and signs in with an emulated browser.
    ///
    /// - Returns: The command, and the URL to paste.
    func startPasting() async throws -> (running: RunningTool, address: String) {
        let running = try RunningTool(
            Tool.binary,
            ["login", "p", "--paste"],
            input: nil,
            directory: tool.directory,
            environment: ["TSACCOUNTS_HOME": tool.store],
            keepsInputOpen: true
        )
        let url = try #require(await running.url())
        let person = emulator.addresses.users[0]
        let address = try await EmulatedBrowser().redirect(
            at: url,
            username: person.username,
            password: person.password
        )
        return (running, address)
    }

    /// Edits the database as another program would, and ignores its constraints.
    func damage(_ edit: String) async throws {
        let edited = try await tool.sql("PRAGMA ignore_check_constraints = ON; \(edit)", readonly: false)
        #expect(edited.status == 0, "\(edited.errors)")
    }

    /// Makes the stored access token expired, on both clocks.
    func age(_ profile: String = "p") async throws {
        let aged = try await tool.sql(
            """
            UPDATE login SET access_expires_at = '2026-01-01T00:00:00.000Z', boot_id = NULL, access_expires_boot_ms = NULL
            WHERE id = (SELECT login_id FROM profile WHERE name = '\(profile)')
            """,
            readonly: false
        )
        #expect(aged.status == 0, "\(aged.errors)")
    }
}

/// Gives a test a stage, and removes it after the test.
struct StageTrait: TestTrait, TestScoping {
    let configuration: EmulatorConfiguration

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Stage.with(configuration) { stage in
            try await Stage.$running.withValue(stage) { try await function() }
        }
    }
}

extension Trait where Self == StageTrait {
    /// A tool and an emulator with the default configuration.
    static var stage: Self { StageTrait(configuration: EmulatorConfiguration()) }

    /// A tool and an emulator.
    static func stage(_ configuration: EmulatorConfiguration) -> Self { StageTrait(configuration: configuration) }
}

/// A command that ended instead of printing a sign-in URL.
struct NoSignInPage: Error {
    let status: Int32
    let errors: String
}

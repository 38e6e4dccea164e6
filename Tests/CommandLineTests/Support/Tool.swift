import Foundation
import Testing

/// The `tsaccounts` binary with a separate directory, run as from a user's shell.
struct Tool: Sendable {
    /// The result of a run.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output without its last newline.
        var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
    }

    /// The directory of the store, and the home directory of the runs.
    let directory: URL
    var environment: [String: String] = [:]

    var store: String { directory.appendingPathComponent("store").path }
    var database: String { store + "/accounts.db" }

    @TaskLocal fileprivate static var running: Tool?

    /// The tool of the running test, which needs the `.tool` trait.
    static var current: Tool {
        get throws { try #require(running, "The test has no .tool trait.") }
    }

    static let binary: URL = {
        let products = Bundle.main.executableURL?.deletingLastPathComponent()
        return (products ?? URL(fileURLWithPath: ".build/debug")).appendingPathComponent("tsaccounts")
    }()

    /// The root of the package.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `body` with a tool, then removes the tool's directory.
    static func with<Value>(_ body: (Tool) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tsa-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(Tool(directory: directory))
    }

    /// Runs a command and waits for its end.
    func run(_ arguments: String..., input: String? = nil) async throws -> Result {
        try await run(arguments, input: input)
    }

    /// Runs a command and waits for its end.
    func run(_ arguments: [String], input: String? = nil) async throws -> Result {
        try await start(arguments, input: input).result()
    }

    /// Starts a command.
    func start(_ arguments: [String], input: String? = nil) throws -> RunningTool {
        try RunningTool(
            Self.binary,
            arguments,
            input: input,
            directory: directory,
            environment: baseEnvironment.merging(environment) { $1 }
        )
    }

    /// Makes a store, by adding a profile that nobody has signed in to.
    func makeStore() async throws {
        let added = try await run(
            "add",
            "profile",
            "first",
            "--sim",
            "--client-id",
            "first",
            "--no-login",
            "--no-input"
        )
        #expect(added.status == 0, "\(added.errors)")
    }

    /// Runs a shell script with the tool in the PATH.
    func shell(_ script: String, path: String? = nil) async throws -> Result {
        let binaries = Self.binary.deletingLastPathComponent().path
        var environment = baseEnvironment.merging(environment) { $1 }
        environment["PATH"] = [path, binaries, environment["PATH"]].compactMap { $0 }.joined(separator: ":")
        return try await RunningTool(
            URL(fileURLWithPath: "/bin/bash"),
            ["-c", script],
            input: nil,
            directory: directory,
            environment: environment
        ).result()
    }

    /// Runs a statement with the `sqlite3` shell.
    func sql(_ statement: String, readonly: Bool = true) async throws -> Result {
        try await RunningTool(
            URL(fileURLWithPath: "/usr/bin/sqlite3"),
            (readonly ? ["-readonly"] : []) + [database, statement],
            input: nil,
            directory: directory,
            environment: baseEnvironment
        ).result()
    }

    private var baseEnvironment: [String: String] {
        [
            "TSACCOUNTS_HOME": store, "HOME": directory.path, "PATH": "/usr/local/bin:/usr/bin:/bin",
            "SWIFT_BACKTRACE": "enable=no",
        ]
    }
}

/// Gives a test a tool, and removes its directory after the test.
struct ToolTrait: TestTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Tool.with { tool in
            try await Tool.$running.withValue(tool) { try await function() }
        }
    }
}

extension Trait where Self == ToolTrait {
    /// A tool without an emulator.
    static var tool: Self { ToolTrait() }
}

import Foundation
import Synchronization

/// The real binary in a directory of its own, as a user's shell would run it.
struct Tool: Sendable {
    /// What a run left behind.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output without its last newline.
        var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
    }

    /// The directory that holds the store and nothing else.
    let directory: URL
    var environment: [String: String] = [:]

    var store: String { directory.appendingPathComponent("store").path }
    var database: String { store + "/accounts.db" }

    static let binary: URL = {
        let products = Bundle.main.executableURL?.deletingLastPathComponent()
        return (products ?? URL(fileURLWithPath: ".build/debug")).appendingPathComponent("tsaccounts")
    }()

    /// The root of the package.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `body` with a tool whose directory is removed afterwards.
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

    /// Runs one command to its end.
    func run(_ arguments: String..., input: String? = nil) async throws -> Result {
        try await run(arguments, input: input)
    }

    /// Runs one command to its end.
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

    /// Runs a shell line with the tool on the PATH.
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

    /// What the `sqlite3` shell answers.
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

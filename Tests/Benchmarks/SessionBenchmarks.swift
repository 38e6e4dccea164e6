import Foundation
import TradeStationSessions

/// Measures the cost of sessions with the public library:
///
///     swift run -c release SessionBenchmarks
///
/// prints the time and the allocations of `accessToken()` with a fresh token, and the memory and timers of 10,000 open
/// sessions. `--sessions N` opens another number of sessions. With `--check` the exit status is 1 if a figure exceeds its
/// limit. If the measurement fails, the exit status is 2.
@main struct SessionBenchmarks {
    static func main() async {
        let arguments = CommandLine.arguments
        let count = arguments.firstIndex(of: "--sessions").flatMap { Int(arguments[$0 + 1]) } ?? 10_000
        do {
            let figures = try await figures(sessions: count)
            for figure in figures { print(figure.line) }
            if arguments.contains("--check"), figures.contains(where: \.exceedsLimit) { exit(1) }
        } catch {
            print("No figures: \(error)")
            exit(2)
        }
    }

    private static func figures(sessions count: Int) async throws -> [Figure] {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tss-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let disk = StoreChoice.directory(directory.path)
        let memory = StoreChoice.inMemory()
        try await BenchmarkStage.with { stage in
            try await stage.fill(disk, profiles: count)
            try await stage.fill(memory, profiles: count)
        }
        var figures = try await calls(disk, memory)
        figures += try await SizeBenchmark(store: disk, count: count, place: "on disk").figures()
        figures += try await SizeBenchmark(store: memory, count: count, place: "in memory").figures()
        return figures
    }

    private static func calls(_ disk: StoreChoice, _ memory: StoreChoice) async throws -> [Figure] {
        try await withSession(in: disk) { onDisk in
            try await withSession(in: memory) { inMemory in
                let token = try await onDisk.accessToken()
                return try await CallBenchmark(
                    baseline: .bareMutex(token: token.secret.exposed),
                    calls: [
                        .currentAccessToken(onDisk, "on disk"),
                        .accessToken(onDisk, "on disk"),
                        .accessToken(inMemory, "in memory"),
                    ]
                ).figures()
            }
        }
    }

    private static func withSession<Value: Sendable>(
        in store: StoreChoice,
        _ body: (Session) async throws -> Value
    ) async throws -> Value {
        try await withSessionManager(configuration: SessionConfiguration(store: store)) { manager in
            try await body(try await manager.session(named: "p1"))
        }
    }
}

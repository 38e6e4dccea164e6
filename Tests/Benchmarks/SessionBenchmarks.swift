import Foundation
import TradeStationSessions

/// What sessions cost, measured on the public library as any program has it, beside the least that it can cost:
///
///     swift run -c release SessionBenchmarks
///
/// prints the time and the allocations of `accessToken()` on a fresh token, and memory and timers of 10,000 open
/// sessions. With `--check` the exit status is 1 when a figure is over its limit; `--sessions N` opens another number. It is
/// 2 when there are no figures.
@main struct SessionBenchmarks {
    static func main() async {
        let arguments = CommandLine.arguments
        let count = arguments.firstIndex(of: "--sessions").flatMap { Int(arguments[$0 + 1]) } ?? 10_000
        do {
            let figures = try await figures(sessions: count)
            for figure in figures { print(figure.line) }
            if arguments.contains("--check"), figures.contains(where: \.isOver) { exit(1) }
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
                    yardstick: .bareMutex(token: token.secret.exposed),
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

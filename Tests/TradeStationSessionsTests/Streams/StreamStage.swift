import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

/// The objects that the tests' streams are made of.
struct Tick: Decodable, Sendable, Equatable {
    let Symbol: String
    let Last: String?
}

extension SessionStage {
    static let quotes = "/v3/marketdata/stream/quotes/MSFT"

    /// A manager with `paper`, its session, and an open quote stream that has told its first
    /// quote.
    func withQuotes(
        heartbeats: Double = 0,
        _ body: (SessionManager, Session, inout SessionStream<Tick>.Iterator) async throws -> Void
    ) async throws {
        emulator.changeSettings { $0.heartbeatSeconds = heartbeats }
        try await withStreamManager { manager async throws in
            let session = try await manager.session(named: "paper")
            var quotes = session.stream(Self.quotes, of: Tick.self).makeAsyncIterator()
            #expect(try await quotes.next()?.symbol == "MSFT")
            try await body(manager, session, &quotes)
        }
    }

    /// A manager with `paper`.
    func withStreamManager(_ body: (SessionManager) async throws -> Void) async throws {
        try await withManager { manager in
            try await add("paper", to: manager)
            try await body(manager)
        }
    }
}

/// How many connections to a port this process has open on its own side, idle ones included.
func connections(to port: Int) throws -> Int {
    #if os(Linux)
        let wanted = String(format: "0100007F:%04X", port)
        let rows = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: " ")
        }
        let inodes = Set(rows.filter { $0.count > 9 && $0[2] == wanted }.map { "socket:[\($0[9])]" })
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return files.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")).map(inodes.contains)
                ?? false
        }
    #else
        return 0
    #endif
}

extension StreamEvent where Value == Tick {
    var symbol: String? {
        if case .element(let tick) = self { tick.Symbol } else { nil }
    }
}

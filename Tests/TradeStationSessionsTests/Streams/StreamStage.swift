import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

/// An object of the streams in these tests.
struct Tick: Decodable, Sendable, Equatable {
    let Symbol: String
    let Last: String?
}

extension SessionStage {
    static let quotes = "/v3/marketdata/stream/quotes/MSFT"

    /// An open quote stream of `paper` that has returned its first quote.
    func openQuotes(of manager: SessionManager? = nil) async throws -> SessionStream<Tick>.Iterator {
        emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let session = try await (manager ?? self.manager).session(named: "paper")
        var quotes = session.stream(Self.quotes, of: Tick.self).makeAsyncIterator()
        #expect(try await quotes.next()?.symbol == "MSFT")
        return quotes
    }

    /// The port at which the emulator listens.
    func port() throws -> Int {
        try #require(Int(emulator.addresses.simURL.split(separator: ":").last?.prefix { $0.isNumber } ?? ""))
    }
}

/// The number of connections to a port that this process has open on its own side, including idle ones.
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

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TradeStationEmulator

/// Reads a stream line by line.
struct StreamReader {
    /// Thrown if the body ends within a line.
    struct Unfinished: Error {}

    let status: Int
    let headers: [String: String]
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private var rest: [UInt8] = []

    init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        iterator = response.body.makeAsyncIterator()
    }

    /// The next line without its newline; nil at the end of the body. Throws if the connection breaks.
    mutating func next() async throws -> String? {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                return line
            }
            guard let part = try await iterator.next(isolation: #isolation) else {
                if rest.isEmpty { return nil }
                throw Unfinished()
            }
            rest += part.readableBytesView
        }
    }

    /// The next line as a JSON object.
    mutating func nextObject() async throws -> [String: Any] {
        let line = try await next() ?? ""
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
}

extension Visitor {
    static let aliceOrders = "/v3/brokerage/stream/accounts/SIM1100001M/orders"
    static let alicePositions = "/v3/brokerage/stream/accounts/SIM1100001M/positions"
    static let quotes = "/v3/marketdata/stream/quotes/MSFT,AAPL"

    /// Opens a stream of the simulator.
    func stream(_ path: String, bearer: String?) async throws -> StreamReader {
        var request = HTTPClientRequest(url: addresses.simURL + path)
        if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer)") }
        return StreamReader(try await http.execute(request, timeout: .seconds(60)))
    }
}

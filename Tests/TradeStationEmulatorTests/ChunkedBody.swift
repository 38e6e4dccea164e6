import Foundation
import TradeStationEmulator

/// The chunks of a raw HTTP answer's body.
struct ChunkedBody {
    private(set) var chunks: [[UInt8]] = []
    /// Whether the last, empty chunk was received, which completes the body.
    private(set) var isComplete = false

    init(of answer: [UInt8]) {
        let newline = Array("\r\n".utf8)
        guard let head = answer.firstRange(of: newline + newline) else { return }
        var rest = answer[head.upperBound...]
        while let line = rest.firstRange(of: newline),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
        {
            isComplete = size == 0
            if isComplete { return }
            chunks.append(Array(rest[line.upperBound..<(line.upperBound + size)]))
            rest = rest[(line.upperBound + size + 2)...]
        }
    }

    /// The lines of all chunks; the last one can be incomplete.
    var lines: [String] {
        String(decoding: chunks.joined(), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The incomplete line at the end.
    var unfinished: String {
        let bytes = Array(chunks.joined())
        return String(decoding: bytes[((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)...], as: UTF8.self)
    }
}

extension Visitor {
    /// Reads a stream of the simulator until its connection ends. It uses no HTTP library, because those lose the last
    /// bytes when the connection breaks.
    func rawStream(_ path: String, _ token: String) async throws -> ChunkedBody {
        guard let port = URL(string: addresses.tokenURL)?.port else { throw URLError(.badURL) }
        return ChunkedBody(
            of: await RawConnection(port: port).bytes(
                "GET /sim\(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
            )
        )
    }
}

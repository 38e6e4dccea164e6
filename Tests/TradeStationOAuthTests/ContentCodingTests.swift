import Testing
import TradeStationModel

@testable import TradeStationOAuth

@Suite struct ContentCodingTests {
    /// An answer of the token endpoint as the transport returns it.
    private func answer(_ body: [UInt8], _ coding: String?, limit: Int = 1 << 20) -> TokenAnswer {
        let headers = coding.map { [("Content-Encoding", $0), ("Content-Length", "\(body.count)")] } ?? []
        let outcome = HTTPExchange.Outcome.success(HTTPExchangeResponse(status: 200, headers: headers, body: body))
            .decompressed(limit: limit)
        switch outcome {
        case .success(let response):
            return TokenAnswer.classify(status: response.status, headers: response.headers, body: response.body)
        case .failure(let failure): return TokenAnswer.classify(failure, sent: [])
        }
    }

    @Test(arguments: [
        ("gzip", CompressedBody.gzip), ("GZip", CompressedBody.gzip), ("x-gzip", CompressedBody.gzip),
        ("identity, gzip", CompressedBody.gzip), ("deflate", CompressedBody.zlib),
        ("deflate", CompressedBody.rawDeflate), ("gzip, gzip", CompressedBody.gzipOfGzip),
        // The header is wrong, or a proxy removed it.
        ("deflate", CompressedBody.gzip), ("gzip", CompressedBody.zlib), ("identity", CompressedBody.gzip),
        ("gzip", CompressedBody.gzipOfGzip), ("gzip", Array(Exchange.granted.utf8)),
        ("deflate", Array(Exchange.granted.utf8)),
        // Something follows the compressed body.
        ("gzip", CompressedBody.gzip + [0x0D, 0x0A]),
    ])
    func `a compressed answer is read, although none was asked for`(_ coding: String, _ body: [UInt8]) {
        #expect(answer(body, coding).grant?.refreshToken?.exposed == "ref-2")
    }

    @Test(arguments: ["gzip", nil], CompressedBody.members)
    func `all members of a gzip body are read`(_ coding: String?, _ body: [UInt8]) {
        #expect(answer(body, coding).grant?.refreshToken?.exposed == "ref-2")
        // Each member counts against the limit.
        #expect(answer(body, coding, limit: 60).failure?.kind == .outcomeUnknown)
    }

    @Test func `a body of too many gzip members is cut off`() {
        let response = HTTPExchangeResponse(
            status: 200,
            headers: [("Content-Encoding", "gzip")],
            body: Array([[UInt8]](repeating: CompressedBody.letter, count: 101).joined())
        )
        let (decoded, isTooLarge) = ContentCoding(limit: 1000).undo(in: response)
        #expect(decoded.body == Array(repeating: UInt8(ascii: "a"), count: 100))
        #expect(isTooLarge)
    }

    @Test func `a body of gzip is recognized without a header`() {
        #expect(answer(CompressedBody.gzip, nil).grant?.refreshToken?.exposed == "ref-2")
    }

    @Test func `a body with an unknown coding stays as it is`() {
        let response = HTTPExchangeResponse(
            status: 200,
            headers: [("Content-Encoding", "br"), ("Content-Length", "3")],
            body: [1, 2, 3]
        )
        let (same, isTooLarge) = ContentCoding(limit: 100).undo(in: response)
        #expect(same.body == response.body)
        #expect(same.headers.map(\.name) == ["Content-Encoding", "Content-Length"])
        #expect(!isTooLarge)
    }

    @Test func `a decompressed body has no header fields of the compressed one`() {
        let response = HTTPExchangeResponse(
            status: 200,
            headers: [("content-encoding", "gzip"), ("Content-Length", "90"), ("X-A", "1")],
            body: CompressedBody.gzip
        )
        #expect(ContentCoding(limit: 1000).undo(in: response).response.headers.map(\.name) == ["X-A"])
    }

    @Test func `a body that decompresses to more than the limit is cut off, and its refresh token is salvaged`() {
        let failure = answer(CompressedBody.bomb, "gzip", limit: 50_000).failure
        #expect(failure?.kind == .outcomeUnknown)
        #expect(failure?.httpStatus == 200)
        #expect(failure?.salvagedRefreshToken?.exposed == "ref-2")
        let response = HTTPExchangeResponse(
            status: 200,
            headers: [("Content-Encoding", "gzip")],
            body: CompressedBody.bomb
        )
        for limit in [1, 1000, 50_000] {
            let (decoded, isTooLarge) = ContentCoding(limit: limit).undo(in: response)
            #expect(isTooLarge)
            #expect(decoded.body.count <= limit)
        }
    }

    @Test func `the refresh token of a compressed answer that breaks off is salvaged`() {
        let partial = HTTPExchangeResponse(
            status: 200,
            headers: [("Content-Encoding", "gzip")],
            body: Array(CompressedBody.gzip.dropLast(20))
        )
        let outcome = HTTPExchange.Outcome.failure(
            TransportFailure(stage: .unknown, reason: .connectionLost, partial: partial)
        ).decompressed(limit: 1000)
        guard case .failure(let failure) = outcome else {
            Issue.record("An answer that breaks off counted as whole.")
            return
        }
        #expect(failure.reason == .connectionLost)
        #expect(TokenAnswer.classify(failure, sent: []).failure?.salvagedRefreshToken?.exposed == "ref-2")
    }

    @Test(arguments: 0..<200) func `any bytes are decoded or left as they are`(_ seed: Int) {
        var random = SeededRandom(seed: seed)
        let bytes = (0..<(seed * 7)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let starts: [[UInt8]] = [[], Array(CompressedBody.gzip.prefix(seed % 90)), [0x1F, 0x8B, 0x08], [0x78, 0x9C]]
        for start in starts {
            for coding in ["gzip", "deflate"] {
                let response = HTTPExchangeResponse(
                    status: 200,
                    headers: [("Content-Encoding", coding)],
                    body: start + bytes
                )
                #expect(ContentCoding(limit: 4096).undo(in: response).response.status == 200)
            }
        }
    }

    @Test func `the transport asks for no compression and undoes it`() async throws {
        let (answer, requests) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            let body = CompressedBody.gzip
            try await connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
            )
            try await connection.write(body)
        }
        #expect(answer.grant?.refreshToken?.exposed == "ref-2")
        #expect(requests.first?.contains("Accept-Encoding: identity\r\n") == true)
    }
}

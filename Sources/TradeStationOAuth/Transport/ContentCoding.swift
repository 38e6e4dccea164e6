import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Undoes the compression of a response body (RFC 9110 section 8.4.1): gzip and deflate, in each of their forms.
///
/// No request asks for compression, but some servers, and proxies in front of them, compress all the same.
struct ContentCoding {
    /// A body after undoing its codings.
    struct Body {
        var bytes: [UInt8]
        /// Whether the body is larger than the limit; then ``bytes`` is the beginning of it.
        var isTooLarge = false
    }

    /// The maximum size of the result, in bytes.
    let limit: Int

    /// The maximum number of codings that are undone. No server applies more on purpose.
    private static let maximumCodings = 3

    /// The maximum number of gzip members that are read. No server sends more on purpose.
    private static let maximumMembers = 100

    /// Undoes the codings of a response, the last one first. Stops at a coding that is unknown, or that was not
    /// in fact applied to the body.
    func undo(in response: HTTPExchangeResponse) -> (response: HTTPExchangeResponse, isTooLarge: Bool) {
        var (body, isDecoded) = (Body(bytes: response.body), false)
        for coding in Self.codings(of: response) {
            guard !body.isTooLarge, let decoded = decode(body.bytes, coding) else { break }
            (body, isDecoded) = (decoded, true)
        }
        // A proxy may have removed the `Content-Encoding` field. Gzip begins with these bytes, and no text does.
        if !body.isTooLarge, body.bytes.starts(with: GzipMember.start), let decoded = decode(body.bytes, "gzip") {
            (body, isDecoded) = (decoded, true)
        }
        guard isDecoded else { return (response, false) }
        var decoded = response
        decoded.body = body.bytes
        // These header fields describe the coded body.
        decoded.headers.removeAll { ["content-encoding", "content-length"].contains($0.name.lowercased()) }
        return (decoded, body.isTooLarge)
    }

    /// The codings, the last one first.
    private static func codings(of response: HTTPExchangeResponse) -> [String] {
        let names = response.headers.filter { $0.name.lowercased() == "content-encoding" }
            .flatMap { $0.value.split(separator: ",") }
            .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            .filter { !$0.isEmpty && $0 != "identity" }
        return names.reversed().prefix(maximumCodings).map { $0.hasPrefix("x-") ? String($0.dropFirst(2)) : $0 }
    }

    private func decode(_ bytes: [UInt8], _ coding: String) -> Body? {
        guard coding == "gzip" || coding == "deflate" else { return nil }
        if let body = inflateMembers(bytes) { return body }
        // Some servers send deflate (RFC 1951) without the required header (RFC 1950), so add the header.
        return coding == "deflate" ? inflate([0x78, 0x01] + bytes, limit: limit).nonempty : nil
    }

    /// Decodes a body of one or more gzip members, or a zlib body.
    private func inflateMembers(_ bytes: [UInt8]) -> Body? {
        var body = Body(bytes: [])
        var rest: ArraySlice<UInt8>? = bytes[...]
        for _ in 0..<Self.maximumMembers {
            guard let members = rest else { return body.nonempty }
            let member = inflate(members, limit: limit - body.bytes.count)
            body.bytes += member.bytes
            body.isTooLarge = member.isTooLarge
            let isGzip = !body.isTooLarge && members.starts(with: GzipMember.start)
            rest = isGzip ? GzipMember(content: member.bytes).next(in: members) : nil
        }
        body.isTooLarge = body.isTooLarge || rest != nil
        return body.nonempty
    }

    /// Runs the HTTP client's decompressor, which recognizes gzip and zlib by their first bytes. A body that is cut
    /// off, or followed by other bytes, is decoded as far as possible.
    private func inflate(_ bytes: some Sequence<UInt8>, limit: Int) -> Body {
        let channel = EmbeddedChannel(handler: NIOHTTPResponseDecompressor(limit: .size(limit)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Encoding": "gzip"])
        let parts: [HTTPClientResponsePart] = [.head(head), .body(ByteBuffer(bytes: bytes)), .end(nil)]
        var body = Body(bytes: [])
        do {
            for part in parts { try channel.writeInbound(part) }
        } catch {
            body.isTooLarge = error as? NIOHTTPDecompression.DecompressionError == .limit
        }
        while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            if case .body(let piece) = part { body.bytes.append(contentsOf: piece.readableBytesView) }
        }
        return body
    }
}

extension ContentCoding.Body {
    /// The body; nil if nothing was decoded.
    fileprivate var nonempty: Self? { bytes.isEmpty && !isTooLarge ? nil : self }
}

extension HTTPExchange.Outcome {
    /// The same outcome, with the compression of the body undone.
    ///
    /// - Parameter limit: the maximum size of the body.
    func decompressed(limit: Int) -> HTTPExchange.Outcome {
        let coding = ContentCoding(limit: limit)
        switch self {
        case .success(let response):
            let (decoded, isTooLarge) = coding.undo(in: response)
            return isTooLarge
                ? .failure(TransportFailure(stage: .unknown, reason: .tooLarge, partial: decoded)) : .success(decoded)
        case .failure(let failure):
            return .failure(failure.with(partial: failure.partial.map { coding.undo(in: $0).response }))
        }
    }
}

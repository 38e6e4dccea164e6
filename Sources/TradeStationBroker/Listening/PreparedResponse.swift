package import NIOCore
package import NIOHTTP1

/// A whole response as bytes, which is made once and sent many times.
package struct PreparedResponse: Sendable {
    /// The status and the fields.
    let head: HTTPResponseHead
    let body: ByteBuffer
    /// The status line, the header fields, an empty line, and the body.
    private let bytes: ByteBuffer
    /// The number of bytes of the status line and the header fields, without the empty line.
    private let fieldBytes: Int

    /// - Parameter head: The status and the fields; `Content-Length` is added.
    /// - Throws: ``ResponseError`` for a field that cannot be sent.
    package init(_ head: HTTPResponseHead, body: ByteBuffer) throws(ResponseError) {
        var head = head
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        var bytes = ByteBuffer()
        try bytes.writeHead(head, fields: head.headers)
        fieldBytes = bytes.readableBytes
        bytes.writeStaticString("\r\n")
        bytes.writeImmutableBuffer(body)
        self.bytes = bytes
        self.head = head
        self.body = body
    }

    /// The bytes to send.
    ///
    /// - Parameters:
    ///   - isHead: Whether the method of the request is `HEAD`, so that the body is left out.
    ///   - closes: Whether the connection is closed afterwards.
    func bytes(isHead: Bool, closes: Bool) -> ByteBuffer {
        guard isHead || closes, var rest = bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes),
            var sent = rest.readSlice(length: fieldBytes)
        else { return bytes }
        if closes { sent.writeStaticString("Connection: close\r\n") }
        if isHead { sent.writeStaticString("\r\n") } else { sent.writeBuffer(&rest) }
        return sent
    }
}

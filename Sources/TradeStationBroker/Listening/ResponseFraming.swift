import NIOCore
import NIOHTTP1

/// How a response stands on the wire: which fields say where its body ends, and the bytes around each part of the body.
struct ResponseFraming {
    private enum Body: Equatable {
        /// The response has no body: what the responder writes is dropped.
        case none
        /// `Content-Length` counts the bytes that are still missing.
        case counted(Int)
        case chunked
        case untilClose
    }

    /// The status line, the header fields and the empty line.
    let head: ByteBuffer
    private var body: Body

    /// - Parameters:
    ///   - head: The responder's status and fields.
    ///   - request: The request.
    ///   - closes: Whether the connection is closed after the response. Set to true if that marks the end of the body.
    init(_ head: HTTPResponseHead, to request: HTTPRequestHead, closes: inout Bool) throws(ResponseError) {
        var fields = head.headers
        let lengths = Set(fields[canonicalForm: "Content-Length"].map { String($0) })
        for name in ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"] { fields.remove(name: name) }
        let status = head.status.code
        let hasBody = status >= 200 && status != 204 && status != 304 && request.method != .HEAD
        if let length = lengths.first, status >= 200, status != 204 {
            guard lengths.count == 1, let count = Int(length), count >= 0 else {
                throw .invalidField(name: "Content-Length")
            }
            fields.add(name: "Content-Length", value: length)
            body = hasBody ? .counted(count) : .none
        } else if !hasBody {
            body = .none
        } else if request.version.minor > 0 {
            fields.add(name: "Transfer-Encoding", value: "chunked")
            body = .chunked
        } else {
            body = .untilClose
            closes = true
        }
        if status >= 200 {
            if closes {
                fields.add(name: "Connection", value: "close")
            } else if request.version.minor == 0 {
                fields.add(name: "Connection", value: "keep-alive")
            }
        }
        var bytes = ByteBuffer()
        try bytes.writeHead(head, fields: fields)
        bytes.writeStaticString("\r\n")
        self.head = bytes
    }

    /// The bytes for a part of the body.
    ///
    /// - Throws: `outOfOrder` if `Content-Length` promised less.
    mutating func frame(_ part: ByteBuffer) throws(ResponseError) -> [ByteBuffer] {
        switch body {
        case .none: return []
        case .untilClose: return [part]
        case .counted(let missing):
            guard part.readableBytes <= missing else { throw .outOfOrder }
            body = .counted(missing - part.readableBytes)
            return [part]
        case .chunked:
            // A chunk without bytes would end the body.
            guard part.readableBytes > 0 else { return [] }
            return [
                ByteBuffer(string: String(part.readableBytes, radix: 16) + "\r\n"), part, ByteBuffer(string: "\r\n"),
            ]
        }
    }

    /// The bytes that end the body.
    ///
    /// - Throws: `outOfOrder` if `Content-Length` promised more.
    func end(_ trailers: HTTPHeaders?) throws(ResponseError) -> ByteBuffer? {
        switch body {
        case .none, .untilClose, .counted(0): return nil
        case .counted: throw .outOfOrder
        case .chunked:
            var bytes = ByteBuffer(string: "0\r\n")
            if let trailers { try bytes.writeFields(trailers) }
            bytes.writeStaticString("\r\n")
            return bytes
        }
    }
}

extension ByteBuffer {
    /// Writes a status line and fields, without the empty line that ends them.
    mutating func writeHead(_ head: HTTPResponseHead, fields: HTTPHeaders) throws(ResponseError) {
        writeStaticString("HTTP/1.1 ")
        writeString(String(head.status.code))
        writeStaticString(" ")
        let reason = head.status.reasonPhrase
        writeString(reason.isFieldValue ? reason : "")
        writeStaticString("\r\n")
        try writeFields(fields)
    }

    fileprivate mutating func writeFields(_ fields: HTTPHeaders) throws(ResponseError) {
        for (name, value) in fields {
            // A line break in a field would let its text write further fields, or a whole response.
            guard name.isFieldName, value.isFieldValue else { throw .invalidField(name: name.isFieldName ? name : "") }
            writeString(name)
            writeStaticString(": ")
            writeString(value)
            writeStaticString("\r\n")
        }
    }
}

extension String {
    /// Whether the text is a token of RFC 9110, as the name of a field has to be.
    fileprivate var isFieldName: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether the text contains none of the characters that the value of a field may not contain.
    fileprivate var isFieldValue: Bool {
        utf8.allSatisfy { $0 == 9 || ($0 >= 32 && $0 != 127) }
    }
}

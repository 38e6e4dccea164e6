import NIOCore
import TradeStationModel

/// The head of a CONNECT request (RFC 9110 section 9.3.6).
///
/// It is parsed here, not by an HTTP parser, because the bytes after it belong to another protocol, and because the same
/// connection may carry a second CONNECT request after a refused one.
struct ConnectHead: Sendable {
    /// What the first bytes of a connection are.
    enum Reading: Sendable {
        /// More bytes are needed.
        case incomplete
        /// A complete head, which has been removed from the buffer.
        case connect(ConnectHead)
        /// A CONNECT request that cannot be understood.
        case malformed
        /// A request with another method. Nothing has been removed from the buffer.
        case otherRequest
    }

    let target: Authority
    let proxyAuthorization: String?

    /// The most bytes that a head may have.
    static let limit = 16_384
    private static let method = Array("CONNECT ".utf8)

    /// Reads the head of a request.
    static func read(from buffer: inout ByteBuffer) -> Reading {
        let bytes = buffer.readableBytesView
        guard bytes.prefix(method.count).elementsEqual(method.prefix(bytes.count)) else { return .otherRequest }
        guard let end = endOfHead(bytes) else { return bytes.count > limit ? .malformed : .incomplete }
        guard end - bytes.startIndex <= limit, let text = buffer.readString(length: end - bytes.startIndex),
            let head = ConnectHead(text)
        else { return .malformed }
        return .connect(head)
    }

    /// The position behind the empty line that ends the head; nil if it has not arrived.
    private static func endOfHead(_ bytes: ByteBufferView) -> ByteBufferView.Index? {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 10) {
            let line = bytes[start..<end]
            start = end + 1
            if line.isEmpty || line.elementsEqual([13]) { return start }
        }
        return nil
    }

    private init?(_ text: String) {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first, !text.contains("\0") else { return nil }
        let words = first.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0",
            let target = Authority(words[1]), target.port != nil
        else { return nil }
        self.target = target
        var authorization: [String] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line.contains("\n"), !line.contains("\r")
            else { return nil }
            let name = line[..<colon].lowercased()
            guard !name.contains(" "), !name.contains("\t") else { return nil }
            let value = line[line.index(after: colon)...].trimmingBlanks
            switch name {
            // A body would be taken for the beginning of what goes through the tunnel.
            case "transfer-encoding": return nil
            case "content-length" where value != "0": return nil
            case "proxy-authorization": authorization.append(value)
            default: break
            }
        }
        guard authorization.count <= 1 else { return nil }
        proxyAuthorization = authorization.first
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let rest = drop(while: isBlank)
        return String(rest.reversed().drop(while: isBlank).reversed())
    }
}

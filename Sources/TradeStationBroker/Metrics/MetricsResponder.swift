import NIOCore
import NIOHTTP1

/// Answers `GET /metrics`.
package struct MetricsResponder: HTTPResponder {
    private let exporter: MetricsExporter

    /// Creates a responder.
    package init(_ exporter: MetricsExporter) {
        self.exporter = exporter
    }

    package func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        let isRead = request.head.method == .GET || request.head.method == .HEAD
        let text = isRead ? await exporter.text() : "Only GET and HEAD are possible.\n"
        var head = HTTPResponseHead(version: .http1_1, status: isRead ? .ok : .methodNotAllowed)
        head.headers.add(name: "Content-Type", value: isRead ? PrometheusText.contentType : "text/plain")
        head.headers.add(name: "Content-Length", value: "\(text.utf8.count)")
        head.headers.add(name: "Cache-Control", value: "no-store")
        if !isRead { head.headers.add(name: "Allow", value: "GET, HEAD") }
        do {
            try await response.start(head)
            if request.head.method != .HEAD { try await response.write(ByteBuffer(string: text)) }
            try await response.end(nil)
        } catch {
            // The client is gone.
        }
    }
}

import Hummingbird
import NIOCore

/// Converts each HTTP request to an ``IncomingRequest``, and each ``Answer`` to an HTTP response. ``RequestHandler``
/// determines the answer.
struct HTTPGateway: HTTPResponder {
    /// The maximum size of a request body.
    static let maximumBodyBytes = 64 * 1024

    /// Thrown after the connection was closed deliberately.
    struct ConnectionClosed: Error {}

    let handler: RequestHandler

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        // The request is a variable, because reading its body replaces the body with the bytes that were read. A stream
        // later uses the request to notice that the client disconnects.
        var request = request
        return try await deliver(await delivery(for: &request), request, to: context.channel)
    }

    private func delivery(for request: inout Request) async throws -> Delivery {
        let bytes: ByteBuffer
        do {
            bytes = try await request.collectBody(upTo: Self.maximumBodyBytes)
        } catch is NIOTooManyBytesError {
            return .sendAndClose(APIFailure.version3(413, "The body is larger than \(Self.maximumBodyBytes) bytes."))
        }
        guard let body = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            return .send(APIFailure.version3(400, "The body is not UTF-8."))
        }
        let target = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return try await handler.handle(
            IncomingRequest(
                method: request.method.rawValue,
                path: target.first.map(String.init) ?? "/",
                query: target.count == 2 ? String(target[1]) : "",
                authorization: request.headers[.authorization],
                contentType: request.headers[.contentType],
                cookie: request.headers[.cookie],
                origin: request.headers[.origin],
                body: body
            )
        )
    }

    private func deliver(_ delivery: Delivery, _ request: Request, to channel: any Channel) async throws -> Response {
        switch delivery {
        case .send(let answer):
            if let plan = answer.stream { return stream(plan, answer, request, channel) }
            return Response(status: status(answer), headers: headers(answer), body: .init(byteBuffer: bytes(answer)))
        case .sendAndClose(let answer):
            return closing(answer, after: bytes(answer), channel)
        case .sendHalf(let answer):
            let whole = bytes(answer)
            return closing(answer, after: whole.getSlice(at: 0, length: whole.readableBytes / 2) ?? whole, channel)
        case .close:
            try await channel.close()
            throw ConnectionClosed()
        }
    }

    /// A response with a stream as its body. The stream counts as open before the first byte is sent.
    private func stream(_ plan: StreamPlan, _ answer: Answer, _ request: Request, _ channel: any Channel) -> Response {
        let stream = StreamResponse(
            registration: StreamRegistration(plan, core: handler.core),
            request: request.body,
            channel: channel,
            wait: handler.wait
        )
        return Response(status: status(answer), headers: headers(answer), body: stream.body)
    }

    /// A response that announces the length of the whole body, sends `sent` and closes the connection.
    private func closing(_ answer: Answer, after sent: ByteBuffer, _ channel: any Channel) -> Response {
        Response(
            status: status(answer),
            headers: headers(answer),
            body: ResponseBody(contentLength: answer.body.utf8.count) { writer in
                try await writer.write(sent)
                try await channel.close()
                throw ConnectionClosed()
            }
        )
    }

    private func status(_ answer: Answer) -> HTTPResponse.Status {
        HTTPResponse.Status(code: answer.status)
    }

    private func headers(_ answer: Answer) -> HTTPFields {
        var fields = HTTPFields()
        for field in answer.fields {
            guard let name = HTTPFields.Key(field.name) else { continue }
            fields.append(HTTPFields.Element(name: name, value: field.value))
        }
        return fields
    }

    private func bytes(_ answer: Answer) -> ByteBuffer {
        ByteBuffer(string: answer.body)
    }
}

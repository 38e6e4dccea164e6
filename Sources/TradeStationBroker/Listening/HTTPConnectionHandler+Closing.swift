import NIOCore
import NIOHTTP1

extension HTTPConnectionHandler {
    /// Answers what cannot be a request, and closes.
    func refuse(_ status: HTTPResponseStatus) {
        guard let context else { return }
        exchange?.fail(ResponseError.malformedBody)
        exchange = nil
        let fields: HTTPHeaders = ["Content-Length": "0", "Connection": "close"]
        var bytes = ByteBuffer()
        try? bytes.writeHead(HTTPResponseHead(version: .http1_1, status: status), fields: fields)
        bytes.writeStaticString("\r\n")
        context.write(wrapOutboundOut(bytes), promise: nil)
        closeAfterFlush(lingers: true)
    }

    /// Closes when the client has received everything.
    ///
    /// - Parameter lingers: Whether the client may still be sending. Closing a socket that has unread bytes would destroy
    ///   the response before the client has read it.
    func closeAfterFlush(lingers: Bool = false) {
        guard let context, phase == .open else { return }
        let lingers = lingers || !intake.isEmpty || exchange.map { !$0.isBodyComplete } ?? false
        phase = .closing
        intake.removeAll()
        needsFlush = false
        timer.arm(context.eventLoop.now + limits.lingerTime, on: context.eventLoop) { [channel = context.channel] in
            channel.close(promise: nil)
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            channel.close(mode: lingers ? .output : .all, promise: nil)
        }
        resumeReading()
    }

    // MARK: Time

    func arm(_ deadline: NIODeadline) {
        guard phase == .open, let loop = context?.eventLoop, timer.deadline.map({ deadline < $0 }) ?? true else {
            return
        }
        let handler = NIOLoopBound(self, eventLoop: loop)
        timer.arm(deadline, on: loop) { handler.value.timePassed() }
    }

    private func timePassed() {
        guard phase == .open, let context else { return }
        timer.cancel()
        let now = context.eventLoop.now
        var next = now + limits.idleTime
        if let exchange {
            if let since = exchange.waitingSince {
                guard since + limits.bodyTime > now else { return stopWaiting(for: exchange) }
                next = since + limits.bodyTime
            }
        } else if let since = watch.partialHeadSince {
            guard since + limits.headTime > now else { return refuse(.requestTimeout) }
            next = since + limits.headTime
        } else {
            guard idleSince + limits.idleTime > now else { return closeAfterFlush() }
            next = idleSince + limits.idleTime
        }
        arm(next)
    }

    private func stopWaiting(for exchange: HTTPExchange) {
        guard exchange.framing == nil else {
            exchange.closes = true
            exchange.failBody(ResponseError.bodyTooSlow)
            return advance()
        }
        exchange.failBody(ResponseError.bodyTooSlow)
        refuse(.requestTimeout)
    }
}

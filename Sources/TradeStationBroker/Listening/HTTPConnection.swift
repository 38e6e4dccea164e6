package import NIOCore
import NIOHTTP1

/// HTTP/1 on a channel.
package enum HTTPConnection {
    /// Adds HTTP/1 to a channel that is already connected, for example after TLS. Requests are answered one after the
    /// other.
    ///
    /// - Parameters:
    ///   - client: The process at the other end.
    ///   - responder: Answers the requests.
    package static func serve(
        _ channel: any Channel,
        client: ConnectedClient,
        limits: HTTPLimits = HTTPLimits(),
        responder: any HTTPResponder
    ) -> EventLoopFuture<Void> {
        if channel.eventLoop.inEventLoop {
            return channel.eventLoop.makeCompletedFuture {
                var decoding = NIOHTTPDecoderLimitConfiguration()
                decoding.maxHeaderListSize = limits.headBytes
                decoding.maxHeaderFieldSize = limits.headBytes
                let watch = RequestWatch()
                let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoding)
                try channel.pipeline.syncOperations.addHandlers(
                    watch,
                    ByteToMessageHandler(decoder),
                    HTTPConnectionHandler(
                        connection: ClientConnection(client: client),
                        responder: responder,
                        limits: limits,
                        watch: watch
                    )
                )
            }
        }
        return channel.eventLoop.flatSubmit { serve(channel, client: client, limits: limits, responder: responder) }
    }
}

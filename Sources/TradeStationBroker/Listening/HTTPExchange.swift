import NIOCore
import NIOHTTP1

/// A request that is being answered by a responder's task. Used on the connection's event loop only.
final class HTTPExchange {
    /// What the responder waits for when it asks for the body.
    typealias BodyWaiter = EventLoopPromise<ByteBuffer?>

    let head: HTTPRequestHead
    /// Whether the connection is closed after the response.
    var closes: Bool
    var task: Task<Void, Never>?

    /// Whether the whole body has been handed to the responder, or was discarded.
    var isBodyComplete: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    var awaitsContinue: Bool
    var bodyWaiter: BodyWaiter?
    /// When the responder began to wait for the next part of the body.
    var waitingSince: NIODeadline?
    /// The bytes of the body that arrived after the end of the response.
    var discarded = 0
    var trailers: HTTPHeaders?

    var framing: ResponseFraming?
    var isResponseEnded = false
    var isHandedOver = false
    private var writeWaiters: [EventLoopPromise<Void>] = []

    init(_ head: HTTPRequestHead, closes: Bool, isBodyComplete: Bool) {
        self.head = head
        self.closes = closes
        self.isBodyComplete = isBodyComplete
        awaitsContinue =
            !isBodyComplete && head.version.minor > 0
            && head.headers[canonicalForm: "Expect"].contains { $0.lowercased() == "100-continue" }
    }

    func waitForWritability(_ promise: EventLoopPromise<Void>) { writeWaiters.append(promise) }

    func becameWritable() {
        let waiters = writeWaiters
        writeWaiters = []
        for waiter in waiters { waiter.succeed() }
    }

    /// Ends the exchange without a complete response.
    func fail(_ error: any Error) {
        task?.cancel()
        failBody(error)
        let waiters = writeWaiters
        writeWaiters = []
        for waiter in waiters { waiter.fail(error) }
    }

    func failBody(_ error: any Error) {
        bodyWaiter?.fail(error)
        bodyWaiter = nil
        waitingSince = nil
    }
}

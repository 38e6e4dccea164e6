/// Why a request brought no whole reply, and whether the server may have acted on it.
public struct TransportFailure: Error, Sendable {
    /// How far the request got.
    public enum Stage: String, Hashable, Sendable {
        /// The server cannot have acted: no byte of the body, or with no body no byte at all, was written.
        case notSent = "not_sent"
        /// The request may have been written: the server may or may not have acted.
        case unknown
    }

    /// What happened.
    public enum Reason: String, Hashable, Sendable {
        /// The host name could not be resolved.
        case nameNotResolved = "name_not_resolved"
        /// No connection could be made: refused, no route, no time left.
        case notConnected = "not_connected"
        /// A connection was made, but not a trusted one: the certificate or the TLS handshake failed.
        case notTrusted = "not_trusted"
        /// The reply, or the rest of it, did not come in time.
        case timedOut = "timed_out"
        /// The connection broke.
        case connectionLost = "connection_lost"
        /// The reply is larger than the transport takes.
        case tooLarge = "too_large"
        /// The calling task was cancelled.
        case cancelled
        /// The transport was shut down.
        case closed
        /// The URL or a header is not fit to be sent.
        case malformedRequest = "malformed_request"
    }

    /// How far the request got.
    public let stage: Stage
    /// What happened.
    public let reason: Reason
    /// What had arrived of the reply, once its head was there.
    public let partial: HTTPExchangeResponse?

    /// A failure.
    public init(stage: Stage, reason: Reason, partial: HTTPExchangeResponse? = nil) {
        self.stage = stage
        self.reason = reason
        self.partial = partial
    }

    /// What happened, for people, in one sentence.
    public var explanation: String {
        switch reason {
        case .nameNotResolved: "Its name could not be resolved."
        case .notConnected: "No connection could be made."
        case .notTrusted: "No trusted connection could be made: the TLS handshake or the certificate failed."
        case .timedOut: "It did not answer in time."
        case .connectionLost: "The connection broke before the whole reply was there."
        case .tooLarge: "Its reply was too large."
        case .cancelled: "The request was cancelled."
        case .closed: "The connection to it was shut down."
        case .malformedRequest: "The request could not be formed: check the URL."
        }
    }
}

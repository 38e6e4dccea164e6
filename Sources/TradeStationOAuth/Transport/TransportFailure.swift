/// Why a request has no complete response, and whether the server may have acted on it.
package struct TransportFailure: Error, Sendable {
    /// How far the request got.
    package enum Stage: Hashable, Sendable {
        /// The server cannot have acted: no byte of the body was written, or of the request if it has no body.
        case notSent
        /// The request may have been written; the server may have acted on it.
        case unknown
    }

    /// What happened.
    package enum Reason: Hashable, Sendable {
        /// The host name could not be resolved.
        case nameNotResolved
        /// The connection was refused, had no route or timed out.
        case notConnected
        /// The certificate or the TLS handshake failed.
        case notTrusted
        /// The response was not complete in time.
        case timedOut
        /// The connection broke.
        case connectionLost
        /// The response is larger than the transport's limit.
        case tooLarge
        /// The calling task was cancelled.
        case cancelled
        /// The transport was shut down.
        case closed
        /// The URL or a header field is invalid.
        case malformedRequest
    }

    /// How far the request got.
    package let stage: Stage
    /// What happened.
    package let reason: Reason
    /// The part of the response that was received, if at least its head was.
    package let partial: HTTPExchangeResponse?

    /// Creates a failure.
    package init(stage: Stage, reason: Reason, partial: HTTPExchangeResponse? = nil) {
        self.stage = stage
        self.reason = reason
        self.partial = partial
    }

    /// One sentence that explains the failure to the user.
    package var explanation: String {
        switch reason {
        case .nameNotResolved: "The server's name could not be resolved."
        case .notConnected: "No connection could be established."
        case .notTrusted: "No trusted connection could be established: the TLS handshake or the certificate failed."
        case .timedOut: "The server did not answer in time."
        case .connectionLost: "The connection was lost before the whole response arrived."
        case .tooLarge: "The response was too large."
        case .cancelled: "The request was cancelled."
        case .closed: "The connection was shut down."
        case .malformedRequest: "The request could not be created: check the URL."
        }
    }
}

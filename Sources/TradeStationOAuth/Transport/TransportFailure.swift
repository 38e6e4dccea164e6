import TradeStationModel

/// Why a request has no complete response, and whether the server may have acted on it.
package struct TransportFailure: Error, Sendable {
    /// How far the request got.
    package enum Stage: Hashable, Sendable {
        /// The server cannot have acted: no byte of the request's body was written. If the request has no body, no byte
        /// of the request itself was written.
        case notSent
        /// The request may have been written; the server may have acted on it.
        case unknown
    }

    /// What happened.
    package enum Reason: Hashable, Sendable {
        /// The host name does not exist.
        case nameNotResolved
        /// The resolver of this machine could not look the name up.
        case resolverFailed
        /// The resolver of this machine did not answer in time.
        case resolverSilent
        /// The connection was refused, had no route or timed out.
        case notConnected
        /// The setting with this name does not contain the URL of a usable proxy. If `scheme` is given, it is the
        /// scheme of the URL, which is not supported.
        case unusableProxy(name: String, scheme: String?)
        /// The proxy did not connect to the server.
        case refusedByProxy
        /// The proxy requires another user name or password.
        case deniedByProxy
        /// The TLS handshake failed.
        case notTrusted
        /// No authority that is trusted here has signed the server's certificate.
        case unknownAuthority
        /// The server's certificate has expired, or is not valid yet.
        case certificateOutOfDate
        /// The server's certificate is for another host.
        case wrongHost
        /// This machine has no certificates of authorities.
        case noAuthorities
        /// The environment variable with this name points to no readable certificate of an authority.
        case unreadableAuthorities(String)
        /// The response is not HTTP, or breaks its rules.
        case malformedResponse
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
    package private(set) var partial: HTTPExchangeResponse?
    /// The host of the server, if it is known.
    private(set) var host: String?
    /// The host and the port of the proxy, if there is one.
    private(set) var proxy: String?

    /// Creates a failure.
    package init(stage: Stage, reason: Reason, partial: HTTPExchangeResponse? = nil) {
        self.stage = stage
        self.reason = reason
        self.partial = partial
    }

    /// The same failure, with `partial` replaced.
    func with(partial: HTTPExchangeResponse?) -> TransportFailure {
        var copy = self
        copy.partial = partial
        return copy
    }

    /// The same failure, with the server and the proxy that the explanation names.
    func about(_ destination: Destination, _ proxy: ProxyAddress?) -> TransportFailure {
        var copy = self
        copy.host = destination.host.printable(limit: 80)
        copy.proxy = proxy?.shown.printable(limit: 80)
        return copy
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension TransportFailure.Reason {
    /// Creates a reason from an error that occurs only before a request is written; nil for other errors.
    init?(connecting error: any Error) {
        switch error {
        case is NIOConnectionError:
            self = .notConnected
        case let error as IOError where Self.connectErrors.contains(error.errnoCode):
            self = .notConnected
        case let error as HTTPClientError:
            self.init(connecting: error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self = .wrongHost
        case NIOSSLError.handshakeFailed(let error):
            self = "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? .unknownAuthority : .notTrusted
        default:
            return nil
        }
    }

    /// The errors that `connect(2)` reports and that never occur on an established connection.
    private static let connectErrors = [
        ECONNREFUSED, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT, EACCES, EPERM,
    ]

    private init?(connecting error: HTTPClientError) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout: self = .notConnected
        case .httpProxyHandshakeTimeout, .invalidProxyResponse: self = .refusedByProxy
        case .proxyAuthenticationRequired: self = .deniedByProxy
        case .alreadyShutdown: self = .closed
        case .invalidURL, .emptyHost, .emptyScheme: self = .malformedRequest
        case _ where error.shortDescription.hasPrefix("Invalid header field"): self = .malformedRequest
        default: return nil
        }
    }

    /// Creates a reason from an error of an established connection; nil for other errors.
    init?(closing error: any Error) {
        // The connection closed before the client used it.
        if let error = error as? ChannelError, error == .ioOnClosedChannel {
            self = .connectionLost
            return
        }
        switch (error as? IOError, error as? HTTPClientError) {
        case (_, .cancelled?): self = .closed
        case (_, .remoteConnectionClosed?): self = .connectionLost
        case (let error?, _) where [ECONNRESET, EPIPE].contains(error.errnoCode): self = .connectionLost
        default:
            guard Self.isMalformedResponse(error) else { return nil }
            self = .malformedResponse
        }
    }

    /// Creates a reason for a request that may have been written.
    init(afterSending error: any Error) {
        switch (error, error as? HTTPClientError) {
        case (is CancellationError, _): self = .cancelled
        case (_, .cancelled?): self = .closed
        case (_, .deadlineExceeded?), (_, .readTimeout?): self = .timedOut
        default: self = Self.isMalformedResponse(error) ? .malformedResponse : .connectionLost
        }
    }

    /// Whether the response breaks the rules of HTTP. One that is only cut off does not.
    private static func isMalformedResponse(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPParserError: error != .invalidEOFState
        case is NIOHTTPDecoderError, is ResponseGuard.InvalidStatus: true
        default: false
        }
    }
}

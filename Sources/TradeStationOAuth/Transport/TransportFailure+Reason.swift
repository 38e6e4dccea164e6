import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix

extension TransportFailure.Reason {
    /// Creates a reason from an error that occurs only before a request is written; nil for other errors.
    init?(connecting error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            self = error.connectionErrors.isEmpty ? .nameNotResolved : .notConnected
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            self = .notConnected
        case let error as HTTPClientError:
            self.init(connecting: error)
        default:
            return nil
        }
    }

    private init?(connecting error: HTTPClientError) {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: self = .notConnected
        case .tlsHandshakeTimeout: self = .notTrusted
        case .alreadyShutdown: self = .closed
        case .invalidURL, .emptyHost, .emptyScheme: self = .malformedRequest
        case _ where error.shortDescription.hasPrefix("Invalid header field"): self = .malformedRequest
        default: return nil
        }
    }

    /// Creates a reason from an error of an established connection that one side closed; nil for other errors.
    init?(closing error: any Error) {
        switch (error as? IOError, error as? HTTPClientError) {
        case (_, .cancelled?): self = .closed
        case (_, .remoteConnectionClosed?): self = .connectionLost
        case (let error?, _) where [ECONNRESET, EPIPE].contains(error.errnoCode): self = .connectionLost
        default: return nil
        }
    }

    /// Creates a reason for a request that may have been written.
    init(afterSending error: any Error) {
        switch (error, error as? HTTPClientError) {
        case (is CancellationError, _): self = .cancelled
        case (_, .cancelled?): self = .closed
        case (_, .deadlineExceeded?), (_, .readTimeout?): self = .timedOut
        default: self = .connectionLost
        }
    }
}

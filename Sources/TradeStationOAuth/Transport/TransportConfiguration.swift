import AsyncHTTPClient
import NIOCore

/// The limits of a transport, and the name under which it speaks.
public struct TransportConfiguration: Sendable {
    /// Milliseconds until a connection must stand, TLS included.
    public var connectMilliseconds: Int
    /// Milliseconds until the whole reply must be there, connecting included.
    public var replyMilliseconds: Int
    /// The largest body that is read, in bytes.
    public var maximumBodyBytes: Int
    /// How many connections to a host may be in use at once; a request beyond that waits for one.
    public var connectionsPerHost: Int
    /// The `User-Agent` field, for example `tsaccounts/1.0.0`; nil sends none.
    public var userAgent: String?

    /// Limits; the defaults are 3 s to connect, 5 s for the whole reply, 1 MiB, and 64 connections to a host.
    public init(
        connectMilliseconds: Int = 3_000,
        replyMilliseconds: Int = 5_000,
        maximumBodyBytes: Int = 1 << 20,
        connectionsPerHost: Int = 64,
        userAgent: String? = nil
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.replyMilliseconds = replyMilliseconds
        self.maximumBodyBytes = maximumBodyBytes
        self.connectionsPerHost = connectionsPerHost
        self.userAgent = userAgent
    }

    /// The same, in the words of the HTTP client.
    var clientConfiguration: HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(30),
            concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, connectionsPerHost)
        )
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(Int64(max(1, connectMilliseconds)))),
            connectionPool: pool,
            proxy: nil,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        return configuration
    }
}

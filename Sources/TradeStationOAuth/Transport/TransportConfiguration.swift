import AsyncHTTPClient
import NIOCore

/// The limits and the user agent of a transport.
package struct TransportConfiguration: Sendable {
    /// The limit for connecting, including TLS, in milliseconds.
    package var connectMilliseconds: Int
    /// The limit for the whole reply, including connecting, in milliseconds.
    package var replyMilliseconds: Int
    /// The maximum size of a response body, in bytes.
    package var maximumBodyBytes: Int
    /// The maximum number of connections to a host; further requests wait for one.
    package var connectionsPerHost: Int
    /// The `User-Agent` header field, for example `tsaccounts/1.0.0`; nil sends none.
    package var userAgent: String?

    /// Creates limits; the defaults are 3 s to connect, 5 s for the whole reply, 1 MiB and 64 connections per host.
    package init(
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

    /// The configuration of the HTTP client.
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

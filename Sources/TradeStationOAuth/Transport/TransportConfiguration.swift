package import TradeStationModel

/// The limits, the user agent and the network settings of a transport.
package struct TransportConfiguration: Sendable {
    /// The limit for connecting, including TLS but not the lookup of the name, in milliseconds.
    package var connectMilliseconds: Int
    /// The limit for the whole reply, including connecting, in milliseconds.
    package var replyMilliseconds: Int
    /// The limit for looking up the name of the server, in milliseconds; nil means that the lookup counts against the
    /// limit for the whole reply.
    package var lookUpMilliseconds: Int?
    /// The maximum size of a response body, in bytes.
    package var maximumBodyBytes: Int
    /// The maximum number of connections to a host; further requests wait for one.
    package var connectionsPerHost: Int
    /// The `User-Agent` header field, for example `tsaccounts/1.0.0`; nil sends none.
    package var userAgent: String?
    /// The proxy and the trusted authorities.
    package var network: NetworkSettings

    /// Creates a configuration; the defaults are 3 s to connect, 5 s for the whole reply, 1 MiB per body and 64
    /// connections per host.
    package init(
        connectMilliseconds: Int = 3_000,
        replyMilliseconds: Int = 5_000,
        maximumBodyBytes: Int = 1 << 20,
        connectionsPerHost: Int = 64,
        userAgent: String? = nil,
        lookUpMilliseconds: Int? = nil,
        network: NetworkSettings = NetworkSettings()
    ) {
        self.connectMilliseconds = connectMilliseconds
        self.replyMilliseconds = replyMilliseconds
        self.maximumBodyBytes = maximumBodyBytes
        self.connectionsPerHost = connectionsPerHost
        self.userAgent = userAgent
        self.lookUpMilliseconds = lookUpMilliseconds
        self.network = network
    }
}

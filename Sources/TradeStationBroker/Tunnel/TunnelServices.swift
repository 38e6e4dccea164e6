import NIOHTTP1
package import TradeStationModel

/// What a listener for the programs of one run needs.
package struct TunnelServices: Sendable {
    /// Which hosts are answered here.
    package let plan: TunnelPlan
    /// The password of the run.
    package let password: ProxyPassword
    /// Issues the certificate for these hosts.
    package let authority: RunAuthority
    /// How other hosts are reached.
    package let network: NetworkSettings
    /// Stands for all connections of the run: which profiles its programs have used.
    package let connection: ClientConnection
    /// Answers requests for TradeStation's hosts. The `Host` header field of these requests is checked, and is the name
    /// without a port.
    package let tunnelled: any HTTPResponder
    /// Answers requests for the listener's own URLs.
    package let direct: any HTTPResponder

    package init(
        plan: TunnelPlan,
        password: ProxyPassword,
        authority: RunAuthority,
        network: NetworkSettings,
        connection: ClientConnection,
        tunnelled: any HTTPResponder,
        direct: any HTTPResponder
    ) {
        self.plan = plan
        self.password = password
        self.authority = authority
        self.network = network
        self.connection = connection
        self.tunnelled = tunnelled
        self.direct = direct
    }

    /// A request on the connection of the run.
    func request(_ head: HTTPRequestHead, _ body: any RequestBody) -> IncomingRequest {
        IncomingRequest(head: head, body: body, connection: connection)
    }
}

package import TradeStationModel

extension NetworkSettings {
    /// The proxy through which a connection to an `https` server goes; nil means a direct connection.
    ///
    /// - Parameter host: The name or address of the server, without brackets.
    /// - Throws: ``ProxyAddress/Defect`` if the server may only be reached through a proxy that cannot be used.
    package func proxy(toHost host: String, port: Int) throws(ProxyAddress.Defect) -> ProxyAddress? {
        let name = host.contains(":") ? "[\(host)]" : host
        return try Destination("https://\(name):\(port)")?.proxy(self)
    }
}

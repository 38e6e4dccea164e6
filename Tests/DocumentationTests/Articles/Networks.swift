import TradeStationSessions

enum Networks {
    static func configure() -> SessionConfiguration {
        // shown
        var configuration = SessionConfiguration()
        configuration.network = NetworkSettings(
            proxy: Secret("http://proxy.example.com:3128"),
            noProxy: "intranet.example.com",
            certificateFile: "/etc/company/ca.pem"
        )
        // end
        return configuration
    }
}

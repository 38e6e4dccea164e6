import Foundation
import TradeStationModel
import TradeStationOAuth

/// An exchange with a scripted server.
enum Exchange {
    static let granted =
        #"{"access_token":"acc","refresh_token":"ref-2","token_type":"Bearer","expires_in":1200}"#

    static func withTransport<Result>(
        _ configuration: TransportConfiguration = TransportConfiguration(replyMilliseconds: 20_000),
        sleep: @escaping @Sendable (Int) async throws -> Void = HTTPTransport.systemSleep,
        _ body: (HTTPTransport) async throws -> Result
    ) async throws -> Result {
        let transport = HTTPTransport(configuration: configuration, sleep: sleep)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// Refreshes once against a server that runs `script`; returns the answer and the requests that the server received.
    static func refresh(
        authentication: ClientAuthentication = .post,
        secret: String? = "s3cret",
        refreshToken: String = "ref-1",
        _ configuration: TransportConfiguration = TransportConfiguration(replyMilliseconds: 20_000),
        sleep: @escaping @Sendable (Int) async throws -> Void = HTTPTransport.systemSleep,
        script: @escaping @Sendable (ScriptedServer.Connection) async throws -> Void
    ) async throws -> (answer: TokenAnswer, requests: [String]) {
        try await ScriptedServer.run(script) { server in
            try await withTransport(configuration, sleep: sleep) { transport in
                let credentials = try ClientCredentials.sample(
                    port: server.port,
                    authentication: authentication,
                    secret: secret
                )
                let answer = await TokenEndpoint(transport: transport)
                    .refresh(credentials, refreshToken: Secret(refreshToken))
                return (answer, server.requests)
            }
        }
    }

    static func body(of request: String?) -> String {
        request?.components(separatedBy: "\r\n\r\n").last ?? ""
    }
}

import Testing
import TradeStationSessions

@testable import tsaccounts

@Suite struct ImportedLoginTests {
    @Test(arguments: [
        (#""base_url": "https://sim-api.tradestation.com/v2", "is_test": true"#, EnvironmentFlag?.some(.sim)),
        (#""base_url": "https://api.tradestation.com/v2", "is_test": true"#, .sim),
        (#""base_url": "https://sim-api.tradestation.com/v2/""#, .sim),
        (#""base_url": "https://api.tradestation.com/v3""#, .live),
        (#""base_url": "https://sim-api.tradestation.com/v3", "is_test": false"#, .live),
        (#""base_url": "https://proxy.example/v3""#, nil),
        (#""x": 1"#, nil),
    ])
    func `the environment is what the file says, else that of its API host`(
        _ members: String,
        _ environment: EnvironmentFlag?
    ) throws {
        let login = try ImportedLogin("{\"refresh_token\": \"r\", \(members)}", format: .pythonSDK)
        #expect(login.environment == environment)
    }

    @Test func `the version is that of the file, but the simulator has v3 only`() throws {
        for base in ["https://api.tradestation.com/v2", "https://api.tradestation.com/v2/"] {
            let login = try ImportedLogin(#"{"refresh_token": "r", "base_url": "\#(base)"}"#, format: .pythonSDK)
            #expect(login.apiVersion(in: .live) == .v2)
            #expect(login.apiVersion(in: nil) == .v2)
            #expect(login.apiVersion(in: .sim) == .v3)
        }
    }
}

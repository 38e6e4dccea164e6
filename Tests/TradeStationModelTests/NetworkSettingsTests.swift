import Testing
import TradeStationModel

/// The network settings in environment variables.
@Suite struct NetworkSettingsTests {
    @Test func `variables in lower case win, specific ones win, and empty ones count as missing`() {
        let all = [
            "https_proxy": "http://a", "HTTPS_PROXY": "http://b", "all_proxy": "http://c", "ALL_PROXY": "http://d",
            "no_proxy": "x", "NO_PROXY": "y", "SSL_CERT_FILE": "/f", "SSL_CERT_DIR": "/d", "http_proxy": "http://e",
        ]
        let settings = NetworkSettings(environment: all)
        #expect(settings.proxy?.exposed == "http://a")
        #expect(settings.noProxy == "x")
        #expect(settings.certificateFile == "/f")
        #expect(settings.certificateDirectory == "/d")
        var rest = all
        for (name, next) in [("https_proxy", "http://b"), ("HTTPS_PROXY", "http://c"), ("all_proxy", "http://d")] {
            rest[name] = ""
            #expect(NetworkSettings(environment: rest).proxy?.exposed == next)
        }
        rest["ALL_PROXY"] = nil
        #expect(NetworkSettings(environment: rest).proxy == nil)
        #expect(NetworkSettings(environment: [:]).noProxy == nil)
    }

    @Test func `the password of a proxy is in no text`() {
        let settings = NetworkSettings(environment: ["HTTPS_PROXY": "http://ann:pr0xy-p4ss@h:1"])
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!("\(settings)" + String(reflecting: settings) + dumped).contains("p4ss"))
    }
}

import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct ChildEnvironmentTests {
    private static let password = ProxyPassword(RandomSource { Array(repeating: 0xAB, count: $0) })
    private static let url = "http://tsaccounts:abababababababababababababababab@127.0.0.1:4711"

    private static func run(_ change: (inout ChildEnvironment.Run) -> Void = { _ in }) throws -> ChildEnvironment.Run {
        var run = ChildEnvironment.Run(
            profile: try ProfileName("swing"),
            environment: .sim,
            port: 4711,
            password: password,
            key: Secret("KEY"),
            accessToken: Secret("HANDLE"),
            hosts: ["api.tradestation.com", "sim-api.tradestation.com", "signin.tradestation.com"],
            directory: "/run/x",
            bundles: [
                "SSL_CERT_FILE": "/run/x/1.pem", "REQUESTS_CA_BUNDLE": "/run/x/2.pem",
                "CURL_CA_BUNDLE": "/run/x/3.pem", "NODE_EXTRA_CA_CERTS": "/run/x/4.pem", "DENO_CERT": "/run/x/5.pem",
            ],
            pythonHook: "/run/x/python",
            nodeHook: "/run/x/proxy.cjs"
        )
        change(&run)
        return run
    }

    @Test func `an empty environment gets the proxy, the authorities, the hooks and the run's own variables`() throws {
        let environment = ChildEnvironment(parent: [:], run: try Self.run())
        #expect(
            environment.variables == [
                "HTTPS_PROXY": Self.url, "https_proxy": Self.url, "SSL_CERT_FILE": "/run/x/1.pem",
                "REQUESTS_CA_BUNDLE": "/run/x/2.pem", "CURL_CA_BUNDLE": "/run/x/3.pem",
                "NODE_EXTRA_CA_CERTS": "/run/x/4.pem", "DENO_CERT": "/run/x/5.pem", "NODE_USE_ENV_PROXY": "1",
                "PYTHONPATH": "/run/x/python", "NODE_OPTIONS": "--require \"/run/x/proxy.cjs\"",
                "TSACCOUNTS_PROFILE": "swing", "TSACCOUNTS_ENVIRONMENT": "sim",
                "TSACCOUNTS_API_URL": "http://127.0.0.1:4711/KEY",
                "TSACCOUNTS_TOKEN_URL": "http://127.0.0.1:4711/KEY/oauth/token",
                "TSACCOUNTS_ACCESS_TOKEN": "HANDLE", "TSACCOUNTS_EXEC_PROXY": Self.url,
                "TSACCOUNTS_EXEC_DIRECTORY": "/run/x",
            ]
        )
        #expect(environment.notes.isEmpty)
    }

    @Test func `other variables stay as they are`() throws {
        let parent = ["PATH": "/bin", "HOME": "/h", "TSACCOUNTS_HOME": "/s", "EMPTY": "", "A=B": "c"]
        let environment = ChildEnvironment(parent: parent, run: try Self.run())
        for (name, value) in parent { #expect(environment.variables[name] == value) }
    }

    @Test func `without the proxy, only the run's own variables are set`() throws {
        let parent = ["HTTPS_PROXY": "http://corp:3128", "NO_PROXY": "*", "SSL_CERT_FILE": "/corp.pem"]
        let environment = ChildEnvironment(parent: parent, run: try Self.run { $0.isProxied = false })
        let added = environment.variables.filter { parent[$0.key] != $0.value }.keys.sorted()
        #expect(
            added == [
                "TSACCOUNTS_ACCESS_TOKEN", "TSACCOUNTS_API_URL", "TSACCOUNTS_ENVIRONMENT", "TSACCOUNTS_PROFILE",
                "TSACCOUNTS_TOKEN_URL",
            ]
        )
    }

    @Test func `without hooks, PYTHONPATH and NODE_OPTIONS stay as they are`() throws {
        let run = try Self.run { ($0.pythonHook, $0.nodeHook) = (nil, nil) }
        let environment = ChildEnvironment(parent: ["PYTHONPATH": "/mine"], run: run)
        #expect(environment.variables["PYTHONPATH"] == "/mine")
        #expect(environment.variables["NODE_OPTIONS"] == nil)
    }

    @Test func `hooks are put before the user's own`() throws {
        let parent = ["PYTHONPATH": "/mine:/other", "NODE_OPTIONS": "--max-old-space-size=100"]
        let run = try Self.run { $0.nodeHook = "/a \"b\\c/proxy.cjs" }
        let variables = ChildEnvironment(parent: parent, run: run).variables
        #expect(variables["PYTHONPATH"] == "/run/x/python:/mine:/other")
        #expect(variables["NODE_OPTIONS"] == #"--require "/a \"b\\c/proxy.cjs" --max-old-space-size=100"#)
        #expect(ChildEnvironment(parent: ["PYTHONPATH": ""], run: run).variables["PYTHONPATH"] == "/run/x/python")
    }

    @Test(arguments: ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
    func `a proxy for other requests stays, and never gets the run's own URLs`(name: String) throws {
        let variables = ChildEnvironment(parent: [name: "http://corp:3128"], run: try Self.run()).variables
        #expect(variables[name] == "http://corp:3128")
        #expect(variables["NO_PROXY"] == "127.0.0.1")
        #expect(variables["no_proxy"] == "127.0.0.1")
    }

    @Test func `HTTP_PROXY and ALL_PROXY are never set`() throws {
        let variables = ChildEnvironment(parent: [:], run: try Self.run()).variables
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"] {
            #expect(variables[name] == nil)
        }
    }

    // MARK: NO_PROXY

    @Test(
        arguments: [
            ("localhost,corp.example", "localhost,corp.example", []),
            ("localhost, .tradestation.com", "localhost", [".tradestation.com"]),
            ("tradestation.com a.example", "a.example", ["tradestation.com"]),
            ("*.tradestation.com,b", "b", ["*.tradestation.com"]),
            ("API.TradeStation.com", "", ["API.TradeStation.com"]),
            (
                "api.tradestation.com:443,api.tradestation.com:80", "api.tradestation.com:80",
                ["api.tradestation.com:443"]
            ),
            ("com", "", ["com"]), ("*", "", ["*"]), ("www.tradestation.com", "www.tradestation.com", []),
            ("notradestation.com,10.0.0.0/8", "notradestation.com,10.0.0.0/8", []), ("", "", []),
        ] as [(String, String, [String])]
    )
    func `TradeStation's names leave NO_PROXY`(list: String, kept: String, removed: [String]) throws {
        for name in ["NO_PROXY", "no_proxy"] {
            let environment = ChildEnvironment(parent: [name: list], run: try Self.run())
            #expect(environment.variables[name] == kept)
            #expect(environment.notes.isEmpty == removed.isEmpty)
            for entry in removed {
                #expect(environment.notes.first?.hasSuffix(removed.joined(separator: ", ")) == true, "\(entry)")
            }
        }
    }

    // MARK: tsaccounts inside of tsaccounts exec

    @Test func `tsaccounts inside of a run uses the network settings from outside of it`() throws {
        let parent = [
            "https_proxy": "http://corp:3128", "NO_PROXY": "tradestation.com,a", "SSL_CERT_FILE": "/corp.pem", "X": "y",
        ]
        let inside = ChildEnvironment(parent: parent, run: try Self.run()).variables
        let outside = ExecVariables.outside(inside)
        for name in ExecVariables.proxies + ExecVariables.exceptions + ExecVariables.bundles {
            #expect(outside[name] == parent[name], "\(name)")
        }
        #expect(!outside.keys.contains { $0.hasPrefix("TSACCOUNTS_FORMER_") || $0.hasPrefix("TSACCOUNTS_EXEC_") })
        let settings = NetworkSettings(environment: inside)
        #expect(settings.proxy?.exposed == "http://corp:3128")
        #expect(settings.noProxy == "tradestation.com,a")
        #expect(settings.certificateFile == "/corp.pem")
        #expect(NetworkSettings(environment: ChildEnvironment(parent: [:], run: try Self.run()).variables).proxy == nil)
    }

    @Test func `a run inside of a run keeps nothing of the outer one`() throws {
        let parent = ["HTTPS_PROXY": "http://corp:3128", "NO_PROXY": "tradestation.com"]
        let outer = ChildEnvironment(
            parent: parent,
            run: try Self.run {
                $0.key = Secret("OUTERKEY")
                $0.accessToken = Secret("OUTERTOKEN")
                $0.password = ProxyPassword(RandomSource { Array(repeating: 0xCD, count: $0) })
                $0.directory = "/run/outer"
                $0.bundles = $0.bundles.mapValues { $0.replacing("/run/x", with: "/run/outer") }
                ($0.pythonHook, $0.nodeHook) = (nil, nil)
            }
        ).variables
        let inner = ChildEnvironment(parent: outer, run: try Self.run()).variables
        let alone = ChildEnvironment(parent: parent, run: try Self.run()).variables
        #expect(inner == alone)
        #expect(!inner.values.contains { $0.contains("OUTER") || $0.contains("cdcdcd") })
    }

    @Test func `settings that the program has changed itself are not taken back`() throws {
        var inside = ChildEnvironment(parent: ["SSL_CERT_FILE": "/corp.pem"], run: try Self.run()).variables
        inside["HTTPS_PROXY"] = "http://mine:8080"
        inside["https_proxy"] = nil
        inside["SSL_CERT_FILE"] = "/mine.pem"
        let settings = NetworkSettings(environment: inside)
        #expect(settings.proxy?.exposed == "http://mine:8080")
        #expect(settings.certificateFile == "/mine.pem")
    }
}

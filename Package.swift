// swift-tools-version: 6.2

import PackageDescription

/// Every target follows the same rules: language mode 6 (the tools version's default), imports that
/// show the architecture, and no warning left standing.
let houseRules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "tsaccounts",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "TradeStationSessions", targets: ["TradeStationSessions"]),
        .library(name: "TradeStationEmulator", targets: ["TradeStationEmulator"]),
        .library(name: "TradeStationTesting", targets: ["TradeStationTesting"]),
        .executable(name: "tsaccounts", targets: ["tsaccounts"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Values and ports. No I/O, no clock.
        .target(
            name: "TradeStationModel",
            // Where the rig in Tests/Rig may end a process: no release build has such places.
            swiftSettings: [.define("KILL_POINTS", .when(configuration: .debug))]
        ),
        // RFC 6749, 7636, 7009 and TradeStation's dialect of them. Knows no store.
        .target(
            name: "TradeStationOAuth",
            dependencies: [
                "TradeStationModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Rows in, values out. Knows no network.
        .target(
            name: "TradeStationStore",
            dependencies: [
                "TradeStationModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Migrations")]
        ),
        // What programs import: sessions by profile name, and the refresh transaction.
        .target(
            name: "TradeStationSessions",
            dependencies: [
                "TradeStationModel", "TradeStationOAuth", "TradeStationStore",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // Sessions for programs that do not import them: the agent, the proxy and the dashboard. Only the command line
        // imports it.
        .target(
            name: "TradeStationBroker",
            dependencies: [
                "TradeStationModel", "TradeStationOAuth", "TradeStationSessions",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            resources: [.embedInCode("Dashboard/Assets")]
        ),
        // A stand-in for the sign-in server and the API. Imports none of the above, so it cannot share their mistakes.
        .target(
            name: "TradeStationEmulator",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // What people who build on sessions use in their own tests.
        .target(
            name: "TradeStationTesting",
            dependencies: ["TradeStationModel", "TradeStationSessions", "TradeStationEmulator"]
        ),
        // One file per sentence that a user can say. Demo and selftest sign in as tests do.
        .executableTarget(
            name: "tsaccounts",
            dependencies: [
                "TradeStationSessions", "TradeStationStore", "TradeStationBroker", "TradeStationEmulator",
                "TradeStationTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // What sessions cost: swift run -c release SessionBenchmarks
        .executableTarget(
            name: "SessionBenchmarks",
            dependencies: [
                "AllocationCounter", "TradeStationSessions", "TradeStationEmulator", "TradeStationTesting",
            ],
            path: "Tests/Benchmarks",
            exclude: ["AllocationCounter"]
        ),
        .target(name: "AllocationCounter", path: "Tests/Benchmarks/AllocationCounter"),
        .testTarget(name: "TradeStationModelTests", dependencies: ["TradeStationModel"]),
        .testTarget(
            name: "TradeStationOAuthTests",
            dependencies: [
                "TradeStationOAuth", "TradeStationModel", "TradeStationTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "TradeStationStoreTests",
            dependencies: [
                "TradeStationStore", "TradeStationModel", "TradeStationTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "TradeStationSessionsTests",
            dependencies: [
                "TradeStationSessions", "TradeStationStore", "TradeStationOAuth", "TradeStationModel",
                "TradeStationEmulator", "TradeStationTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "TradeStationBrokerTests",
            dependencies: [
                "TradeStationBroker", "TradeStationSessions", "TradeStationModel", "TradeStationEmulator",
                "TradeStationTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ]
        ),
        .testTarget(
            name: "TradeStationTestingTests",
            dependencies: ["TradeStationTesting", "TradeStationSessions", "TradeStationEmulator", "TradeStationModel"]
        ),
        .testTarget(
            name: "TradeStationEmulatorTests",
            dependencies: [
                "TradeStationEmulator",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "tsaccounts", "TradeStationBroker", "TradeStationSessions", "TradeStationEmulator",
                "TradeStationTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        // The code of the articles in Sources/TradeStationSessions/Documentation.docc, compiled and run.
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "TradeStationSessions", "TradeStationTesting", "tsaccounts",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = (target.swiftSettings ?? []) + houseRules
}

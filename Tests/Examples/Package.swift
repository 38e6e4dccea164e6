// swift-tools-version: 6.2

import PackageDescription

/// Example programs. In your own package, use the URL of this repository for the first dependency.
let package = Package(
    name: "examples",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "tsaccounts", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "bot",
            dependencies: [.product(name: "TradeStationSessions", package: "tsaccounts")],
            path: "bot",
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
        .executableTarget(
            name: "route",
            dependencies: [
                .product(name: "TradeStationSessions", package: "tsaccounts"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "route",
            swiftSettings: [.treatAllWarnings(as: .error)]
        ),
    ]
)

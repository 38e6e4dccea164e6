import ArgumentParser
import Foundation
import TradeStationEmulator
import TradeStationSessions

/// `tsaccounts demo`.
struct DemoCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a demo in a temporary directory, against the emulator."
    )

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tsaccounts-demo-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        let display = shared.display
        try await Emulator.with(EmulatorConfiguration(accessTokenSeconds: Demo.tokenSeconds, rotate: true)) {
            emulator in
            let configuration = SessionConfiguration(storeDirectory: directory.path)
            try await withSessionManager(configuration: configuration) { manager in
                try await Demo(manager: manager, emulator: emulator, directory: directory.path, display: display).run()
            }
        }
    }
}

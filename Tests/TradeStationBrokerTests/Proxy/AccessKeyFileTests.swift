import Foundation
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct AccessKeyFileTests {
    private func with(_ body: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tsk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory.appendingPathComponent("key").path)
    }

    private func code(_ body: () async throws -> Void) async -> AccountsError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? AccountsError)?.code
        }
    }

    @Test func `a missing file is made for its owner alone, and keeps its key`() async throws {
        try await with { path in
            let key = try await AccessKeyFile(path: path).key()
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == key.secret.exposed + "\n")
            #expect(try await AccessKeyFile(path: path).key().secret == key.secret)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o660]) func `a file that others can use is refused`(_ mode: Int)
        async throws
    {
        try await with { path in
            _ = try await AccessKeyFile(path: path).key()
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(await code { _ = try await AccessKeyFile(path: path).key() } == .insecurePermissions)
        }
    }

    @Test func `a link, a directory and another content are refused`() async throws {
        try await with { path in
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".other")
            #expect(await code { _ = try await AccessKeyFile(path: path).key() } == .cannotCreate)
            #expect(await code { _ = try await AccessKeyFile(path: path + "/missing/key").key() } == .cannotCreate)
            let directory = (path as NSString).deletingLastPathComponent
            #expect(await code { _ = try await AccessKeyFile(path: directory).key() } == .insecurePermissions)
            for text in ["", "short", String(repeating: "a", count: 44), String(repeating: "=", count: 43)] {
                let other = path + ".text"
                try Data(text.utf8).write(to: URL(fileURLWithPath: other))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: other)
                #expect(await code { _ = try await AccessKeyFile(path: other).key() } == .usage)
            }
        }
    }
}

import Foundation
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct AccessKeyFileTests {
    private func with(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tsk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.appendingPathComponent("key").path)
    }

    private func code(_ body: () throws -> Void) -> AccountsError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AccountsError)?.code
        }
    }

    @Test func `a missing file is made for its owner alone, and keeps its key`() throws {
        try with { path in
            let key = try AccessKeyFile(path: path).key()
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == key.secret.exposed + "\n")
            #expect(try AccessKeyFile(path: path).key().secret == key.secret)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o660]) func `a file that others can use is refused`(_ mode: Int) throws {
        try with { path in
            _ = try AccessKeyFile(path: path).key()
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(code { _ = try AccessKeyFile(path: path).key() } == .insecurePermissions)
        }
    }

    @Test func `a link, a directory and another content are refused`() throws {
        try with { path in
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".other")
            #expect(code { _ = try AccessKeyFile(path: path).key() } == .cannotCreate)
            #expect(code { _ = try AccessKeyFile(path: path + "/missing/key").key() } == .cannotCreate)
            let directory = (path as NSString).deletingLastPathComponent
            #expect(code { _ = try AccessKeyFile(path: directory).key() } == .insecurePermissions)
            for text in ["", "short", String(repeating: "a", count: 44), String(repeating: "=", count: 43)] {
                let other = path + ".text"
                try Data(text.utf8).write(to: URL(fileURLWithPath: other))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: other)
                #expect(code { _ = try AccessKeyFile(path: other).key() } == .usage)
            }
        }
    }
}

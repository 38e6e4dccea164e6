import Foundation
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct RunDirectoryTests {
    /// Runs `body` with a directory for the directories of runs.
    private static func withParent<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/tsa-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private static let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

    @Test func `only its user can read it, and it is gone at the end`() throws {
        try Self.withParent { parent in
            let directory = try RunDirectory(environment: ["XDG_RUNTIME_DIR": parent], now: Self.now)
            #expect(directory.path.hasPrefix(parent + "/tsaccounts-exec-"))
            #expect(try Self.mode(directory.path) == 0o700)
            let hook = try directory.writePythonHook()
            #expect(try Self.mode(hook + "/sitecustomize.py") == 0o600)
            #expect(try Self.mode(directory.writeNodeHook()) == 0o600)
            directory.remove()
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent).isEmpty)
        }
    }

    @Test func `files hold what the variables named, and the run's authority`() throws {
        try Self.withParent { parent in
            try "former without a newline".write(toFile: parent + "/former.pem", atomically: true, encoding: .utf8)
            let directory = try RunDirectory(environment: ["TMPDIR": parent], now: Self.now)
            defer { directory.remove() }
            var unreadable: [String] = []
            let plan = TrustPlan(
                environment: ["SSL_CERT_FILE": parent + "/former.pem", "DENO_CERT": parent + "/missing.pem"],
                machineFile: nil
            )
            let paths = try directory.write(plan, authority: "ours\n") { unreadable.append($0) }
            let file = try #require(paths["SSL_CERT_FILE"])
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "former without a newline\nours\n")
            #expect(paths["CURL_CA_BUNDLE"] == file)
            #expect(try String(contentsOfFile: try #require(paths["DENO_CERT"]), encoding: .utf8) == "ours\n")
            #expect(unreadable == [parent + "/missing.pem"])
            #expect(try Self.mode(file) == 0o600)
        }
    }

    @Test func `what a killed run has left is removed by a later one, and what is in use stays`() throws {
        try Self.withParent { parent in
            let running = try RunDirectory(environment: ["TMPDIR": parent], now: Self.now)
            defer { running.remove() }
            let left = parent + "/tsaccounts-exec-leftby"
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
            let soon = try RunDirectory(environment: ["TMPDIR": parent], now: Self.now)
            soon.remove()
            #expect(FileManager.default.fileExists(atPath: left))
            let later = try RunDirectory(
                environment: ["TMPDIR": parent],
                now: Self.now.advanced(byMilliseconds: 120_000)
            )
            later.remove()
            #expect(!FileManager.default.fileExists(atPath: left))
            #expect(FileManager.default.fileExists(atPath: running.path))
        }
    }

    @Test func `a directory that cannot be written to is not used`() throws {
        try Self.withParent { parent in
            let directory = try RunDirectory(
                environment: ["XDG_RUNTIME_DIR": "/proc/none", "TMPDIR": parent],
                now: Self.now
            )
            defer { directory.remove() }
            #expect(directory.path.hasPrefix(parent))
        }
    }
}

import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct SideFileTests {
    @Test(arguments: ["removed", "emptied"])
    func `syncing a side file that was removed or emptied throws`(loss: String) async throws {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        try await store.stage(sample.staged("b", after: 1), for: id)
        if loss == "removed" { #expect(unlink(path(sample, id)) == 0) }
        if loss == "emptied" { #expect(truncate(path(sample, id), 0) == 0) }
        let error = try await #require(throws: AccountsError.self) { try await store.synchronizeStaged(for: id) }
        #expect(error.code == .storeCorrupt)
        #expect(error.message == "The side file \(path(sample, id)) no longer contains the new tokens.")
        await store.close()
    }

    @Test func `the space of a side file is reserved when an attempt begins`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        #expect(try FileStatus.of(path(sample, id))?.size == 65_536)
        let used = try sample.run("/usr/bin/env", ["du", "-k", path(sample, id)]).output
        #expect(try #require(Int(used.prefix { $0.isNumber })) >= 64)
        await store.close()
    }

    @Test func `three tokens of 16 KiB fit into the reserved file`() async throws {
        let (sample, store, id) = try await signedIn()
        var staged = sample.staged("b", after: 1)
        let long = Secret(String(repeating: "x", count: 16_384))
        (staged.tokens.accessToken, staged.tokens.refreshToken, staged.tokens.idToken) = (long, long, long)
        try await store.begin(sample.attempt(1), of: id, audit: [])
        try await store.stage(staged, for: id)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path(sample, id))).count == 65_536)
        await store.close()
    }

    @Test(arguments: ["erased", "removed"]) func `the side file and all rows of the tokens are removed with them`(
        how: String
    )
        async throws
    {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        #expect(FileManager.default.fileExists(atPath: path(sample, id)))
        if how == "erased" {
            try await store.eraseTokens(of: id, leaving: .new, audit: [])
        } else {
            try await store.remove(Profile.ID(rawValue: 1), audit: [])
        }
        #expect(!FileManager.default.fileExists(atPath: path(sample, id)))
        let counts = "SELECT count(*) FROM login; SELECT count(*) FROM api_key; SELECT count(*) FROM secret"
        #expect(try sample.shell(counts).output == (how == "erased" ? "1\n1\n1\n" : "0\n0\n0\n"))
        await store.close()
    }

    @Test(arguments: ["torn", "flipped", "short header", "other login", "empty", "text"])
    func `a damaged side file, or one of another login, is ignored`(damage: String) async throws {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        try await store.stage(sample.staged("b", after: 1), for: id)
        let url = URL(fileURLWithPath: path(sample, id))
        var bytes = try Data(contentsOf: url)
        switch damage {
        case "torn": bytes = bytes.prefix(60)
        case "flipped": bytes[60] ^= 1
        case "short header": bytes = bytes.prefix(10)
        case "empty": bytes = Data()
        case "text": bytes = Data(repeating: 0x41, count: 65_536)
        default:
            let other = try await store.add(
                try sample.profile("other", tokens: sample.tokens("o"), client: "two"),
                audit: []
            ).login.id
            try bytes.write(to: URL(fileURLWithPath: path(sample, other)))
            chmod(path(sample, other), 0o600)
            #expect(try await store.login(other)?.staged == nil)
            #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
            await store.close()
            return
        }
        try bytes.write(to: url)
        chmod(url.path, 0o600)
        let stored = try #require(try await store.login(id))
        #expect(stored.staged == nil)
        #expect(stored.tokens == sample.tokens("a"))
        await store.close()
    }

    enum Trouble: CaseIterable {
        case databaseMoved, databaseReplacedByALooseCopy, databaseReplacedByAnotherStore, keyRemoved
        case directoryRenamed, directoryReplaced
    }

    @Test(arguments: Trouble.allCases)
    func `an answer is kept, whatever happened to the paths of the store while it was on its way`(trouble: Trouble)
        async throws
    {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        let files = FileManager.default
        let away = sample.root + "/away"
        switch trouble {
        case .databaseMoved: try files.moveItem(atPath: sample.database, toPath: away)
        case .databaseReplacedByALooseCopy:
            try files.copyItem(atPath: sample.database, toPath: away)
            #expect(chmod(away, 0o666) == 0)
            #expect(chmod(sample.root, 0o755) == 0)
            #expect(chmod(sample.directory, 0o755) == 0)
            #expect(rename(away, sample.database) == 0)
        case .databaseReplacedByAnotherStore:
            let other = try Sample()
            let second = try await other.open()
            _ = try await second.add(try other.profile("other", tokens: other.tokens("o")), audit: [])
            await second.close()
            try files.moveItem(atPath: sample.database, toPath: away)
            try files.copyItem(atPath: other.database, toPath: sample.database)
        case .keyRemoved: try files.moveItem(atPath: sample.key, toPath: away)
        case .directoryRenamed: try files.moveItem(atPath: sample.directory, toPath: away)
        case .directoryReplaced:
            try files.moveItem(atPath: sample.directory, toPath: away)
            #expect(mkdir(sample.directory, 0o700) == 0)
        }

        try await store.stage(sample.staged("b", after: 1), for: id)
        if trouble != .keyRemoved {
            await #expect(throws: AccountsError.self) {
                _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [])
            }
        }
        try await store.synchronizeStaged(for: id)
        await store.close()

        switch trouble {
        case .databaseMoved: try files.moveItem(atPath: away, toPath: sample.database)
        case .databaseReplacedByALooseCopy: #expect(chmod(sample.database, 0o600) == 0)
        case .databaseReplacedByAnotherStore: #expect(rename(away, sample.database) == 0)
        case .keyRemoved: try files.moveItem(atPath: away, toPath: sample.key)
        case .directoryRenamed: try files.moveItem(atPath: away, toPath: sample.directory)
        case .directoryReplaced:
            #expect(try files.contentsOfDirectory(atPath: sample.directory).isEmpty)
            #expect(rmdir(sample.directory) == 0)
            try files.moveItem(atPath: away, toPath: sample.directory)
        }
        let next = try await sample.open()
        #expect(try await next.login(id)?.staged == sample.staged("b", after: 1))
        #expect(try await next.commit(sample.commit("b", after: 1), to: id, audit: []).savedGeneration == 2)
        await next.close()
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a disk"))
    func `an answer is kept on a disk that was unmounted while it was on its way`() async throws {
        let sample = try Sample()
        let image = sample.root + ".disk"
        #expect(mkdir(image, 0o700) == 0)
        defer {
            _ = try? sample.run("/usr/bin/env", ["umount", "-l", image])
            rmdir(image)
        }
        let mounted = try sample.run("/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", image])
        guard mounted.errors == "" else { return }
        let bound = ["mount", "--bind", image, sample.root]
        #expect(try sample.run("/usr/bin/env", bound).errors == "")
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        try await store.begin(sample.attempt(1), of: id, audit: [])
        #expect(try sample.run("/usr/bin/env", ["umount", "-l", sample.root]).errors == "")
        try await store.stage(sample.staged("b", after: 1), for: id)
        await #expect(throws: AccountsError.self) {
            _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [])
        }
        try await store.synchronizeStaged(for: id)
        await store.close()
        #expect(!FileManager.default.fileExists(atPath: sample.directory))
        #expect(try sample.run("/usr/bin/env", bound).errors == "")
        defer { _ = try? sample.run("/usr/bin/env", ["umount", "-l", sample.root]) }
        let next = try await sample.open()
        #expect(try await next.login(id)?.staged == sample.staged("b", after: 1))
        await next.close()
    }

    @Test func `an answer whose side file was removed is written into a new one`() async throws {
        let (sample, store, id) = try await signedIn()
        try await store.begin(sample.attempt(1), of: id, audit: [])
        #expect(unlink(path(sample, id)) == 0)
        try await store.stage(sample.staged("b", after: 1), for: id)
        try await store.synchronizeStaged(for: id)
        #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
        await store.close()
    }

    private func path(_ sample: Sample, _ id: Login.ID) -> String {
        sample.directory + "/pending/login-\(id.rawValue)"
    }

    private func signedIn() async throws -> (Sample, SQLiteCredentialStore, Login.ID) {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        return (sample, store, id)
    }
}

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
        var status = stat()
        #expect(stat(path(sample, id), &status) == 0)
        #expect(status.st_size == 65_536)
        #expect(Int(status.st_blocks) * 512 >= 65_536)
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

import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct ProfileWriteTests {
    @Test func `no file of the store contains a secret in plain text`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        let canary = "canary-7f3a9c"
        let id = try await store.add(
            try sample.profile("swing", tokens: sample.tokens(canary), secret: Secret("client-\(canary)")),
            audit: [AuditEntry(.signedIn)]
        ).login.id
        var entry = AuditEntry(.refreshStarted, loginID: id)
        entry.refreshTokenBefore = Secret("refresh-\(canary)")
        try await store.begin(sample.attempt(1), of: id, audit: [entry])
        try await store.stage(sample.staged(canary, after: 1), for: id)
        _ = try await store.commit(sample.commit(canary, after: 1), to: id, audit: [entry])
        _ = try await store.commit(sample.commit(canary, after: 1), to: id, audit: [entry])
        func found() throws -> String { try sample.run("/usr/bin/grep", ["-ral", canary, sample.root]).output }
        #expect(try found() == "")
        await store.close()
        #expect(try found() == "")
        try Data(canary.utf8).write(to: URL(fileURLWithPath: sample.root + "/planted"))
        #expect(try found() == sample.root + "/planted\n")
    }
}

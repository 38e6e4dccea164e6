import Testing
import TradeStationModel

@testable import TradeStationStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Sample {
    /// A closed store with the profile `swing`, its tokens and its side file.
    ///
    /// - Parameter isReachable: Whether other users can reach the store's files.
    static func existing(isReachable: Bool = false) async throws -> Sample {
        let sample = try Sample()
        if isReachable {
            #expect(chmod(sample.root, 0o755) == 0)
            #expect(mkdir(sample.directory, 0o755) == 0)
        }
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        try await store.prepareStaging(for: id)
        await store.close()
        return sample
    }

    /// An open store with the profiles `swing` and `other`, each with an API key and a login of its own.
    static func withTwoLogins() async throws -> (Sample, SQLiteCredentialStore) {
        let sample = try Sample()
        let store = try await sample.open()
        for (name, client) in [("swing", "one"), ("other", "two")] {
            var row = AuditEntry(.profileAdded, profileName: name)
            row.generationAfter = 1
            row.refreshTokenAfter = sample.tokens(name).refreshToken
            _ = try await store.add(try sample.profile(name, tokens: sample.tokens(name), client: client), audit: [row])
        }
        return (sample, store)
    }
}

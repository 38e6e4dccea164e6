import Testing
import TradeStationModel

@testable import TradeStationStore

/// A kind of store. Several stores that are opened with one sample share its content, as processes do.
struct StoreKind: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let open: @Sendable (Sample) async throws -> any CredentialStore

    /// All kinds.
    static let all = [
        StoreKind(testDescription: "on disk") { try await $0.open() },
        StoreKind(testDescription: "in memory") { try await $0.openInMemory() },
    ]

    /// A store with a profile `swing`, whose user has signed in and has the tokens `a`.
    func signedIn() async throws -> (Sample, any CredentialStore, Login.ID) {
        let sample = try Sample()
        let store = try await open(sample)
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        return (sample, store, id)
    }
}

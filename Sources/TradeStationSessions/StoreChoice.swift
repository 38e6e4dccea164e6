import Foundation
public import TradeStationModel
import TradeStationStore

/// Which store a ``SessionManager`` opens.
public struct StoreChoice: Sendable {
    private enum Place: Sendable {
        case standard
        case directory(String)
        case memory(MemoryStore, RotationListener?)
    }

    private let place: Place

    /// The store of this user, the one that the command line uses: `TSACCOUNTS_HOME`, else the XDG directories.
    public static let standard = StoreChoice(place: .standard)

    /// A store that keeps everything in one directory, which is made on first use.
    public static func directory(_ path: String) -> StoreChoice {
        StoreChoice(place: .directory(path))
    }

    /// A new store in memory, for tests and one-off scripts: the rules of the one on disk, and nothing on disk.
    ///
    /// Managers that are opened with the same value share it, as processes share a directory; what it holds goes with
    /// the last of them and the value.
    ///
    /// An API key with rotating refresh tokens ends the old token with each exchange. The new one is only here: when
    /// the program ends, a user has to sign in again, unless `onNewRefreshToken` has kept it.
    ///
    /// - Parameter onNewRefreshToken: called with each new refresh token and a profile that it is for, before anybody
    ///   gets the access token that came with it. It runs on a queue of its own and may block, say to write a file.
    public static func inMemory(
        onNewRefreshToken: (@Sendable (_ profile: ProfileName, _ refreshToken: Secret) -> Void)? = nil
    ) -> StoreChoice {
        StoreChoice(place: .memory(MemoryStore(), onNewRefreshToken))
    }

    /// Opens the store, or makes it.
    ///
    /// - Throws: ``AccountsError`` of the store.
    func open(
        identity: AuditIdentity,
        clock: any TimeSource,
        random: RandomSource
    ) async throws -> SQLiteCredentialStore {
        if case .memory(let memory, let listener) = place {
            return try await SQLiteCredentialStore.open(
                in: memory,
                identity: identity,
                clock: clock,
                random: random,
                rotationListener: listener
            )
        }
        return try await SQLiteCredentialStore.open(at: location(), identity: identity, clock: clock, random: random)
    }

    /// Where it is on disk.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory`.
    func location() throws(AccountsError) -> StoreLocation {
        switch place {
        case .standard: try StoreLocation.standard(environment: ProcessInfo.processInfo.environment)
        case .directory(let path): StoreLocation(directory: path)
        case .memory:
            throw AccountsError(
                .noStoreDirectory,
                "A store in memory has no directory.",
                suggestion: "the standard store, or StoreChoice.directory(PATH)"
            )
        }
    }
}

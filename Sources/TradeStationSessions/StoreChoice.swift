import Foundation
public import TradeStationModel
import TradeStationStore

/// The store that a ``SessionManager`` opens.
public struct StoreChoice: Sendable {
    private enum Place: Sendable {
        case standard
        case directory(String)
        case memory(MemoryStore, RotationListener?)
    }

    private let place: Place

    /// The store of the current user, which the command line uses too.
    ///
    /// It is in the directory that the variable `TSACCOUNTS_HOME` names (an absolute path, or one that begins with
    /// `~/`). If the variable is not set, the store is in the XDG directories.
    public static let standard = StoreChoice(place: .standard)

    /// A store that keeps everything in one directory. A relative path starts at the working directory, and `~/` at the
    /// home directory. Adding the first profile creates the directory.
    public static func directory(_ path: String) -> StoreChoice {
        StoreChoice(place: .directory(path))
    }

    /// A new store in memory, for tests and short scripts. It works like the store on disk and writes no files.
    ///
    /// Managers that are opened with the same value share the store, as processes share a directory. Its content is
    /// lost when the last manager and the value are gone.
    ///
    /// With rotating refresh tokens, each exchange ends the old token, and only this store has the new one. Unless
    /// `onNewRefreshToken` saves it, the user has to sign in again after the program ends.
    ///
    /// - Parameter onNewRefreshToken: called with each new refresh token and a profile that uses it, before any caller
    ///   gets the access token of the same exchange. Runs on a queue of its own and may block, for example to write a
    ///   file.
    public static func inMemory(
        onNewRefreshToken: (@Sendable (_ profile: ProfileName, _ refreshToken: Secret) -> Void)? = nil
    ) -> StoreChoice {
        StoreChoice(place: .memory(MemoryStore(), onNewRefreshToken))
    }

    /// Opens the store.
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
        return try await SQLiteCredentialStore.open(
            at: location(),
            identity: identity,
            clock: clock,
            random: random
        )
    }

    /// The directories of the store on disk.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory`.
    func location() throws(AccountsError) -> StoreLocation {
        switch place {
        case .standard:
            try StoreLocation.standard(environment: ProcessInfo.processInfo.environment)
        case .directory(let path):
            try StoreLocation.directory(
                path,
                environment: ProcessInfo.processInfo.environment,
                workingDirectory: FileManager.default.currentDirectoryPath
            )
        case .memory:
            throw AccountsError(
                .noStoreDirectory,
                "A store in memory has no directory.",
                suggestion: "use StoreChoice.standard or StoreChoice.directory(PATH)"
            )
        }
    }
}

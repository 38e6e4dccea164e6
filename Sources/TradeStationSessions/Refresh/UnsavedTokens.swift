import Synchronization
import TradeStationModel

/// Tokens that neither the database nor the side file could take: they exist in this process only, until somebody can
/// save them. No older refresh token is sent meanwhile.
final class UnsavedTokens: Sendable {
    private let byLogin = Mutex<[Login.ID: StagedTokens]>([:])

    /// What is unsaved for a login, as long as it follows the stored generation.
    func tokens(following stored: Login) -> StagedTokens? {
        byLogin.withLock { all in
            guard let staged = all[stored.id] else { return nil }
            if staged.parentGeneration == stored.generation { return staged }
            all[stored.id] = nil
            return nil
        }
    }

    /// Keeps tokens in memory.
    func keep(_ staged: StagedTokens, for login: Login.ID) {
        byLogin.withLock { $0[login] = staged }
    }
}

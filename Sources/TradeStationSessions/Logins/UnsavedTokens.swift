import TradeStationModel

/// Tokens that could be saved neither in the database nor in the side file, kept in memory until they can be saved.
/// Meanwhile they retain their login, even after all sessions on it are released.
final class UnsavedTokens: Sendable {
    let staged: StagedTokens
    private let login: LoginTokens

    init(_ staged: StagedTokens, of login: LoginTokens) {
        self.staged = staged
        self.login = login
    }
}

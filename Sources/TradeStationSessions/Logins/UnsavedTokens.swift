import TradeStationModel

/// Tokens that neither the database nor the side file could take, kept in memory until one of them can. They hold on to
/// their login meanwhile, even when every session on it is gone.
final class UnsavedTokens: Sendable {
    let staged: StagedTokens
    private let login: LoginTokens

    init(_ staged: StagedTokens, of login: LoginTokens) {
        self.staged = staged
        self.login = login
    }
}

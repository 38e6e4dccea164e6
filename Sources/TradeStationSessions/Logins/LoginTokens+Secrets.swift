import TradeStationModel

extension LoginTokens {
    /// The secrets that displayed text must not contain.
    var secrets: [Secret] { [heldToken?.secret].compactMap { $0 } }
}

package import TradeStationModel

extension AccountsError.Code {
    /// Whether a request for a token that failed with this code may succeed later, without anything done by a user.
    package var isTemporary: Bool {
        let codes: Set<AccountsError.Code> = [
            .serverUnreachable, .serverError, .refusedRepeatedly, .rateLimited, .backingOff, .lockTimeout, .storeBusy,
        ]
        return codes.contains(self)
    }
}

package import TradeStationModel
import TradeStationOAuth

/// Why a forwarded request has no answer of the API.
package struct ForwardingFailure: Error, Sendable {
    /// The part that failed.
    package enum Part: Hashable, Sendable {
        /// The request was refused here, for example by a fence. Nothing was sent.
        case check
        /// There is no token to send the request with. Nothing was sent.
        case token
        /// The API did not answer, or not in time.
        case answer(isLate: Bool)
    }

    /// The error, with the name of the profile.
    package let error: AccountsError
    /// The part that failed.
    package let part: Part

    init(_ error: AccountsError, at stage: CallStage) {
        self.error = error
        part =
            switch stage {
            case .checking: .check
            case .authorizing: .token
            case .sending(let failure): .answer(isLate: failure == .timedOut)
            }
    }
}

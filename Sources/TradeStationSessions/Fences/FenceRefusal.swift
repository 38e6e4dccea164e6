import Logging
import TradeStationModel

/// A request that a fence (a limit of a profile) refused: what the audit records and what the caller is told.
struct FenceRefusal: Sendable {
    /// The profile with the fence.
    let record: ProfileRecord
    /// The fence that refused the request.
    let kind: Fence.Kind
    /// The details of the request, for the audit row.
    let detail: [String: String]
    /// The message of the error: what happened.
    let message: String
    /// The reason of the error: why the request was refused.
    let reason: String

    /// Writes the audit row and returns the error. When the row cannot be written, the request stays refused.
    func report(to services: SessionServices) async -> AccountsError {
        let name = record.name
        var entry = AuditEntry(.fenced, profileName: name.text, loginID: record.login.id, detail: detail)
        entry.outcome = kind.rawValue
        do {
            try await services.store.record([entry])
        } catch {
            services.logger.info(
                "a refused request could not be recorded in the audit",
                metadata: ["profile": "\(name)", "fence": "\(kind.rawValue)"]
            )
        }
        return AccountsError(.fenced, message, reason: reason, suggestion: suggestion).about(name)
    }

    private var suggestion: String {
        switch kind {
        case .readOnly: "tsaccounts set NAME --read-only off   # if the profile is meant to trade"
        case .accounts:
            "tsaccounts set NAME --account ID   # one --account for each account that the profile may use"
        case .environment:
            "tsaccounts add profile OTHER --live --same-login-as NAME   # if the program is meant to use real money"
        }
    }
}

import GRDB
import TradeStationModel

/// The errors for rows and secrets that another program has changed, each with what repairs them.
extension AccountsError {
    static let damagedProfile = damaged(
        "The profile's row",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    /// The error for a profile whose stored name is not valid. The suggested command contains the name as it is shown.
    static func damagedName(_ name: String) -> AccountsError {
        damaged(
            "The profile's row",
            suggestion: "tsaccounts remove -- \(name.printable(limit: 64).shellQuoted), then add the profile again"
        )
    }

    static let damagedKey = damaged(
        "The row of the profile's API key",
        suggestion:
            "tsaccounts remove NAME, remove every other damaged profile of the key as well, then add them again"
    )

    static let damagedClientSecret = damaged(
        "The client secret of the profile's API key",
        suggestion: "tsaccounts set NAME --secret-file FILE"
    )

    static let damagedLogin = damaged("The row of the profile's sign-in", suggestion: "tsaccounts login NAME")

    static let missingLogin = damaged(
        "The row of the profile's sign-in",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    static let damagedGeneration = damaged(
        "The generation of the profile's sign-in",
        suggestion: "tsaccounts remove NAME, then add it again: tsaccounts add profile NAME ..."
    )

    static let damagedRefreshToken = damaged(
        "The refresh token of the profile's sign-in",
        suggestion: "tsaccounts login NAME"
    )

    static let damagedAudit = damaged(
        "An audit row that the profile depends on",
        suggestion:
            "tsaccounts audit verify, then repair the profile (remove it and add it again): tsaccounts remove NAME"
    )

    private static func damaged(_ what: String, suggestion: String) -> AccountsError {
        AccountsError(
            .recordTampered,
            "\(what) is damaged.",
            reason: "Another program changed or removed it, or restored an old copy. Nothing was sent or overwritten.",
            suggestion: suggestion
        )
    }

    /// Runs a body that converts a row, and throws `damage` if the row contains a value that no version writes.
    static func describingDamage<Value>(as damage: AccountsError, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as AccountsError where error.code == .recordTampered {
            throw error
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw damage
        }
    }
}

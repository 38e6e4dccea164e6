import Testing
import TradeStationSessions

@testable import tsaccounts

@Suite struct ExitStatusTests {
    /// The exit statuses on which scripts rely.
    private static let table: [Int32: [String]] = [
        64: ["usage", "input_required", "bad_name", "min_validity_too_long"],
        65: ["store_corrupt", "record_tampered", "audit_broken"],
        66: ["profile_not_found"],
        69: ["server_unreachable", "server_error", "refused_repeatedly"],
        70: ["internal", "closed"],
        73: ["profile_exists", "cannot_create"],
        74: ["store_full", "store_readonly", "save_deferred"],
        75: ["rate_limited", "backing_off", "lock_timeout", "store_busy", "callback_ports_busy"],
        77: ["login_required", "login_denied", "login_timed_out", "wrong_user", "fenced"],
        78: [
            "client_rejected", "insecure_permissions", "key_missing", "key_mismatch", "schema_too_new",
            "store_missing", "no_store_directory",
        ],
    ]

    @Test func `every error code has the documented exit status`() {
        for (status, words) in Self.table {
            for word in words { #expect(ExitStatus.of(AccountsError.Code(rawValue: word)) == status, "\(word)") }
        }
    }

    @Test func `the worst of several exit statuses is returned`() {
        #expect(ExitStatus.worst([]) == 0)
        #expect(ExitStatus.worst([0, 75, 69]) == 69)
        #expect(ExitStatus.worst([69, 74, 77, 0]) == 77)
        #expect(ExitStatus.worst([77, 78]) == 78)
        #expect(ExitStatus.worst([74, 75]) == 74)
    }
}

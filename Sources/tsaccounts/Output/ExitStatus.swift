import TradeStationSessions

/// The exit statuses, based on `sysexits.h`. Scripts rely on them.
enum ExitStatus {
    static let fine: Int32 = 0
    static let interrupted: Int32 = 130
    /// The user answered no. The same as Ctrl-C at the question, because both end the command at the user's wish.
    static let declined: Int32 = interrupted
    static let terminated: Int32 = 143
    static let brokenPipe: Int32 = 141
    static let outputFailed: Int32 = 74

    /// The exit status for an error code.
    static func of(_ code: AccountsError.Code) -> Int32 {
        switch code {
        case .usage, .inputRequired, .badName, .minValidityTooLong: 64
        case .storeCorrupt, .recordTampered, .auditBroken: 65
        case .profileNotFound: 66
        case .serverUnreachable, .serverError, .refusedRepeatedly, .outcomeUnknown: 69
        case .profileExists, .cannotCreate: 73
        case .storeFull, .storeReadonly, .saveDeferred: 74
        case .rateLimited, .backingOff, .lockTimeout, .storeBusy, .callbackPortsBusy: 75
        case .loginRequired, .loginDenied, .loginTimedOut, .wrongUser, .fenced, .storeRolledBack: 77
        case .clientRejected, .insecurePermissions, .keyMissing, .keyMismatch, .schemaTooNew, .storeMissing,
            .noStoreDirectory:
            78
        default: 70
        }
    }

    /// The exit status for a profile, used by `status`.
    ///
    /// It is 75 also if the sign-in or the unused refresh token ends soon.
    static func of(_ record: ProfileRecord, now: Timestamp) -> Int32 {
        switch record.state(at: now) {
        case .refreshing:
            // An attempt older than two minutes was left by a process that died.
            let started = record.login.attempt?.startedAt ?? now
            return started < now.advanced(byMilliseconds: -120_000) ? 75 : fine
        case .ready:
            let isExpired = record.login.accessExpiresAt.map { $0 <= now } ?? false
            let isPaused = record.notBefore.map { $0 > now } ?? false
            return record.endsSoon(at: now) || isExpired && isPaused ? 75 : fine
        case .degraded: return 75
        case .new, .needsLogin, .held: return 77
        case .badClient: return 78
        }
    }

    /// The worst of several exit statuses: 78, 77, 74, 69, 75, then 0. Any other status is worse than these.
    static func worst(_ statuses: [Int32]) -> Int32 {
        let order: [Int32] = [0, 75, 69, 74, 77, 78]
        return statuses.max { left, right in
            (order.firstIndex(of: left) ?? order.count) < (order.firstIndex(of: right) ?? order.count)
        } ?? 0
    }
}

/// Ends a command with an exit status. The command has printed everything before it throws this.
struct Ending: Error {
    let status: Int32
}

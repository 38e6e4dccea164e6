import Logging
package import TradeStationModel
import TradeStationOAuth

/// The use of a profile by a program that does not import this library.
package struct ProfileUse: Sendable {
    /// What the program used the profile through. The raw values stand in the audit.
    package enum Door: String, Sendable {
        /// The socket of `tsaccounts serve`.
        case agent
        /// The proxy for API requests.
        case proxy
        /// The proxy that belongs to one child process.
        case exec
    }

    /// The profile as it was read last.
    package let profile: ProfileRecord
    /// What the program used it through.
    package let door: Door
    /// The id of the program's process; nil if it is not known.
    package let processID: Int32?
    /// The name of the program; nil if it is not known.
    package let program: String?

    package init(of profile: ProfileRecord, through door: Door, processID: Int32?, program: String?) {
        self.profile = profile
        self.door = door
        self.processID = processID
        self.program = program
    }

    var auditEntry: AuditEntry {
        var detail = ["door": door.rawValue]
        detail["client_pid"] = processID.map(String.init)
        detail["program"] = program?.printable(limit: 60)
        return AuditEntry(.profileUsed, profileName: profile.name.text, loginID: profile.login.id, detail: detail)
    }
}

extension SessionManager {
    /// Writes the audit rows of uses, all in one transaction. A failure is only logged, because nobody may lose a token
    /// or a request over it.
    package nonisolated func record(_ uses: [ProfileUse]) async {
        do {
            try await services.store.record(uses.map(\.auditEntry))
        } catch {
            services.logger.info(
                "uses of profiles could not be recorded in the audit",
                metadata: ["count": "\(uses.count)"]
            )
        }
    }
}

extension SessionManager {
    /// Writes the audit row of a use, without waiting for it. Closing the manager waits.
    package nonisolated func note(_ use: ProfileUse) {
        _ = services.work.start { [self] in await record([use]) }
    }
}

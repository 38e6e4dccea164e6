package import TradeStationSessions

/// The use of a profile by a program that does not import the library.
package struct ProgramUse: Hashable, Sendable {
    package let profile: String
    /// What the program used: `agent`, `proxy` or `exec`.
    package let door: String
    /// The name of the program.
    package let program: String?
    package let processID: Int64?
    /// The machine.
    package let host: String?
    /// When its latest connection began.
    package let latest: Timestamp
    /// The number of its connections in the period that was read.
    package let connections: Int

    /// The uses in audit rows, the latest first.
    package static func uses(in rows: [AuditRow]) -> [ProgramUse] {
        struct Key: Hashable {
            let profile, door: String
            let program, processID, host: String?
        }
        let groups = Dictionary(grouping: rows.filter { $0.event == .profileUsed }) { row in
            Key(
                profile: row.profile ?? "-",
                door: row.detail["door"] ?? "-",
                program: row.detail["program"],
                processID: row.detail["client_pid"],
                host: row.host
            )
        }
        return groups.compactMap { key, rows in
            rows.last.map { latest in
                ProgramUse(
                    profile: key.profile,
                    door: key.door,
                    program: key.program,
                    processID: key.processID.flatMap { Int64($0) },
                    host: key.host,
                    latest: latest.at,
                    connections: rows.count
                )
            }
        }.sorted { ($1.latest, $0.profile, $0.processID ?? 0) < ($0.latest, $1.profile, $1.processID ?? 0) }
    }
}

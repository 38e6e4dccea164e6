import TradeStationSessions

/// The profiles of a store, each with an open session, as they come and go.
struct Roster {
    private var served: [Profile.ID: (record: ProfileRecord, session: Session)] = [:]
    private var troubles: [Profile.ID: AccountsError.Code] = [:]

    /// Their names, in order.
    var names: [String] {
        served.values.map(\.record.profile.name.text).sorted()
    }

    /// Opens what is new or was changed, for example by a sign-in of another process, and lets go of what is gone.
    ///
    /// - Returns: what could not be opened, once for each reason.
    mutating func update(to records: [ProfileRecord], of manager: SessionManager) async throws -> [AccountsError] {
        let present = Set(records.map(\.profile.id))
        served = served.filter { present.contains($0.key) }
        troubles = troubles.filter { present.contains($0.key) }
        var news: [AccountsError] = []
        for record in records where served[record.profile.id]?.record != record {
            let id = record.profile.id
            do {
                served[id] = (record, try await manager.session(named: record.profile.name.text))
                troubles[id] = nil
            } catch let error as AccountsError {
                if troubles[id] != error.code { news.append(error) }
                troubles[id] = error.code
            }
        }
        return news
    }
}

import Synchronization
import TradeStationModel

/// The logins of a manager that are in use. Finds them by id and does not retain them.
final class LoginDirectory: Sendable {
    private struct Entry {
        weak var tokens: LoginTokens?
    }

    private struct State {
        var entries: [Login.ID: Entry] = [:]
        /// The number of entries above which the entries of unused logins are removed.
        var sweepAt = 64
    }

    private let services: SessionServices
    private let state = Mutex(State())

    init(services: SessionServices) {
        self.services = services
    }

    /// The login's tokens, if it is in use.
    subscript(login: Login.ID) -> LoginTokens? {
        state.withLock { $0.entries[login]?.tokens }
    }

    /// All logins in use.
    var all: [LoginTokens] {
        state.withLock { $0.entries.values.compactMap(\.tokens) }
    }

    /// The tokens of a profile's login. All callers with the same login get the same object.
    func tokens(of record: ProfileRecord) -> LoginTokens {
        let login = record.login.id
        return state.withLock { state in
            if let tokens = state.entries[login]?.tokens { return tokens }
            let tokens = LoginTokens(login, profile: record.name, services: services)
            state.entries[login] = Entry(tokens: tokens)
            if state.entries.count > state.sweepAt {
                state.entries = state.entries.filter { $0.value.tokens != nil }
                state.sweepAt = max(64, 2 * state.entries.count)
            }
            return tokens
        }
    }

    /// Closes every login in use.
    ///
    /// - Returns: the running flights. Each one completes a request that was already sent, and saves its tokens.
    func close() -> [Task<Void, Never>] { all.compactMap { $0.close() } }
}

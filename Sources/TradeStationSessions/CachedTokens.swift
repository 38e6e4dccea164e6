import Synchronization
import TradeStationModel

/// The tokens of one login as this process holds them, shared by all sessions on it.
///
/// Reading is one lock and one clock read, with no actor hop; only ``SessionManager`` writes.
final class CachedTokens: Sendable {
    /// A token and when it is due, by the boot clock.
    private struct Snapshot {
        var token: AccessToken?
        /// From here on a refresh is due and the fast path answers nil.
        var dueAt: Int64 = .min
        /// From here on a refresh starts behind the token that is still served.
        var softAt: Int64 = .min
        /// From here on the token is not handed out.
        var hardAt: Int64 = .min
        /// When the token ends.
        var endsAt: Int64 = .min
        /// Until when another refresh would be in vain: the API refused this token although it was new.
        var futileUntil: Int64 = .min
        /// Whether the API has refused the token.
        var isRefused = false
        /// Whether the manager is closed, and nothing served any more.
        var isClosed = false
        /// What the board said before the store was read for the token: as long as it says so, the token stands.
        var change: Int64 = 0
        /// The profiles that sessions were opened for.
        var users: Set<Profile.ID> = []
        /// Those of them that have been removed.
        var gone: Set<Profile.ID> = []
    }

    let login: Login.ID
    private let board: any ChangeCounters
    private let clock: any TimeSource
    private let snapshot = Mutex(Snapshot())

    init(login: Login.ID, board: any ChangeCounters, clock: any TimeSource) {
        self.login = login
        self.board = board
        self.clock = clock
    }

    /// The token, if no refresh is due, nobody has changed what the store has, and the profile is still there.
    func current(for profile: Profile.ID) -> AccessToken? {
        let now = clock.bootMilliseconds()
        let change = change
        return snapshot.withLock { held in
            guard now < held.dueAt, held.change == change, !held.isRefused else { return nil }
            guard held.gone.isEmpty || !held.gone.contains(profile) else { return nil }
            return held.token
        }
    }

    /// What the board says at the moment. Whoever reads the store for tokens asks first.
    var change: Int64 { board.stamp(of: login).rawValue }

    /// The token, if it lives for `milliseconds` more and is above the hard minimum; and whether it is in its soft
    /// window.
    func serving(milliseconds: Int64, at now: Int64) -> (token: AccessToken, isSoft: Bool)? {
        let change = change
        return snapshot.withLock { held in
            guard let token = held.token, held.change == change, !held.isRefused, now < held.hardAt,
                held.endsAt - now >= milliseconds
            else { return nil }
            return (token, now >= held.softAt)
        }
    }

    /// How long the token lives, in milliseconds.
    func life(at now: Int64) -> Int64 { snapshot.withLock { max(0, $0.endsAt - now) } }

    /// The generation held, 0 when there is none.
    var generation: Int { snapshot.withLock { $0.token?.generation ?? 0 } }

    /// The generation that the API refused, as long as there is no newer one.
    var refused: Int? { snapshot.withLock { $0.isRefused ? $0.token?.generation : nil } }

    /// Takes over tokens, unless newer ones are there.
    ///
    /// - Parameter change: what the board said before they were read.
    func adopt(_ tokens: TokenSet, generation: Int, since change: Int64, now: Moment) {
        let endsAt = now.advanced(byMilliseconds: tokens.expiresAt.milliseconds(after: now)).bootMilliseconds
        let softAt = endsAt - RefreshPolicy.softWindow(lifetimeSeconds: tokens.lifetimeSeconds, login: login)
        let hardAt = endsAt - RefreshPolicy.hardMinimum(lifetimeSeconds: tokens.lifetimeSeconds)
        snapshot.withLock { held in
            guard generation >= held.token?.generation ?? 0, !(held.isRefused && generation == held.token?.generation),
                !held.isClosed, !tokens.accessToken.isEmpty
            else { return }
            held = Snapshot(
                token: AccessToken(tokens, generation: generation),
                dueAt: softAt,
                softAt: softAt,
                hardAt: hardAt,
                endsAt: endsAt,
                change: change,
                users: held.users,
                gone: held.gone
            )
        }
    }

    /// Notes that a session was opened for a profile.
    func note(user profile: Profile.ID) {
        snapshot.withLock { _ = $0.users.insert(profile) }
    }

    /// Notes which profiles the login has: what is gone does not come back.
    func note(profiles: some Collection<Profile.ID>) {
        snapshot.withLock { $0.gone.formUnion($0.users.subtracting(profiles)) }
    }

    /// - Throws: ``AccountsError`` `profile_not_found` once the profile was removed, whatever its login still serves.
    func require(_ profile: Profile.ID) throws(AccountsError) {
        guard snapshot.withLock({ !$0.gone.contains(profile) }) else { throw .loginGone }
    }

    /// Serves from the fast path until `bootMilliseconds` although a refresh is due, but never past the hard minimum.
    func serve(until bootMilliseconds: Int64) {
        snapshot.withLock { $0.dueAt = min(bootMilliseconds, $0.hardAt) }
    }

    /// Serves nothing any more.
    func close() {
        snapshot.withLock { held in
            held.isClosed = true
            held.dueAt = .min
            held.hardAt = .min
        }
    }

    /// The token, whether or not it is still served: what must not stand in a text.
    var secrets: [Secret] { snapshot.withLock { [$0.token?.secret].compactMap { $0 } } }

    /// Notes that the API refused a token that had only just been brought because of a refusal.
    func noteFutile(generation: Int) {
        let until = clock.bootMilliseconds() + RefreshPolicy.futilePause
        snapshot.withLock { if $0.token?.generation == generation { $0.futileUntil = until } }
    }

    /// Whether a refusal of that token is no reason for a refresh yet.
    func isFutile(generation: Int) -> Bool {
        let now = clock.bootMilliseconds()
        return snapshot.withLock { $0.token?.generation == generation && now < $0.futileUntil }
    }

    /// Stops serving a token that the API refused, unless a newer one is there.
    func refuse(generation: Int) {
        snapshot.withLock { held in
            if let token = held.token, token.generation <= generation { held.isRefused = true }
        }
    }
}

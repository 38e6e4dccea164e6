import TradeStationModel

/// The cached access token of a login, with the rules for serving it. Uses no clock and performs no I/O.
///
/// All times are readings of the boot clock. After the token was adopted, the time that has passed is measured with
/// both clocks, and the longer result counts.
struct TokenSnapshot: Sendable {
    /// The token; nil until one was adopted.
    private(set) var token: AccessToken?
    private var lifetime: TokenLifetime?
    private var softAt = Int64.min
    /// How far the wall clock was ahead of the boot clock when the token was adopted.
    private var lead: Int64 = 0
    /// The login's change stamp when the token was current. If the stamp is different now, the store has to be read.
    private var stamp = ChangeStamp.unknown
    /// The time from which on ``current(for:stamp:at:)`` returns nil, so that a caller starts or joins a refresh. It is
    /// never later than ``TokenLifetime/servableUntil``.
    private var dueAt = Int64.min
    /// Until this time, a refresh would not help: the API refused this token although it was new.
    private var futileUntil = Int64.min
    /// Whether the API has refused the token.
    private var isRefused = false
    private(set) var isClosed = false
    /// The profiles for which sessions were opened.
    private var openedProfiles: Set<Profile.ID> = []
    /// The opened profiles that have been removed.
    private var removedProfiles: Set<Profile.ID> = []

    /// The generation of the token, 0 when there is none.
    var generation: Int { token?.generation ?? 0 }

    /// The generation that the API refused, until a newer one is adopted.
    var refusedGeneration: Int? { isRefused ? token?.generation : nil }

    // MARK: Reading

    /// The token in memory; nil when a refresh is due, when the store has changed, and when the profile was removed.
    // Inlined, so that the code that holds the lock reads single fields instead of copying the whole snapshot.
    @inline(__always)
    func current(for profile: Profile.ID, stamp now: ChangeStamp, at reading: ClockReading) -> AccessToken? {
        guard reading.time(withLead: lead) < dueAt, stamp == now, !isRefused else { return nil }
        guard removedProfiles.isEmpty || !removedProfiles.contains(profile) else { return nil }
        return token
    }

    /// The token if it satisfies the intent, and whether the token has reached its soft window, in which it is
    /// refreshed in the background.
    func serving(
        _ intent: RefreshIntent,
        stamp now: ChangeStamp,
        at reading: ClockReading
    ) -> (AccessToken, isSoft: Bool)? {
        let time = reading.time(withLead: lead)
        guard let token, let lifetime, stamp == now, !isRefused, !isClosed,
            intent.isSatisfied(by: lifetime, generation: token.generation, at: time)
        else { return nil }
        return (token, time >= softAt)
    }

    /// How many milliseconds of the token's lifetime are left.
    func remainingLife(at reading: ClockReading) -> Int64 {
        lifetime?.remaining(at: reading.time(withLead: lead)) ?? 0
    }

    /// Whether the API has just refused this generation although it was new, so that another refresh would not help
    /// yet.
    func isFutile(generation: Int, at time: Int64) -> Bool {
        token?.generation == generation && time < futileUntil
    }

    /// Whether the profile was removed. Other profiles may still use its login.
    func isRemoved(_ profile: Profile.ID) -> Bool { removedProfiles.contains(profile) }

    // MARK: Changing

    /// Adopts tokens, unless newer ones are held or the API has refused this generation.
    ///
    /// - Parameter lead: how far the wall clock is ahead of the boot clock now.
    mutating func adopt(_ result: RefreshResult, lifetime: TokenLifetime, softAt: Int64, lead: Int64) {
        let generation = result.generation
        guard generation >= self.generation, !(isRefused && generation == self.generation), !isClosed,
            !result.tokens.accessToken.isEmpty
        else { return }
        token = result.accessToken
        self.lifetime = lifetime
        self.softAt = softAt
        self.lead = lead
        stamp = result.stamp
        dueAt = softAt
        futileUntil = .min
        isRefused = false
    }

    /// Lets ``current(for:stamp:at:)`` return the token for this long although a refresh is due, but not when the
    /// token is about to expire.
    mutating func serve(for milliseconds: Int64, at reading: ClockReading) {
        guard let lifetime, !isClosed else { return }
        let (until, isBeyond) = reading.time(withLead: lead).addingReportingOverflow(milliseconds)
        dueAt = min(max(isBeyond ? .max : until, softAt), lifetime.servableUntil)
    }

    /// Stops serving a token that the API refused, unless a newer one is held.
    mutating func refuse(generation: Int) {
        if let token, token.generation <= generation { isRefused = true }
    }

    /// Records that the API refused a token although it was new: it had just replaced another refused token.
    mutating func markFutile(generation: Int, until time: Int64) {
        if token?.generation == generation { futileUntil = time }
    }

    mutating func open(_ profile: Profile.ID) { openedProfiles.insert(profile) }

    /// Marks the opened profiles that are not among `profiles` as removed, for good: row ids are never reused.
    mutating func keep(only profiles: some Collection<Profile.ID>) {
        removedProfiles.formUnion(openedProfiles.subtracting(profiles))
    }

    /// Serves nothing from now on.
    mutating func close() {
        isClosed = true
        dueAt = .min
    }
}

import TradeStationModel

/// The lifetime of an access token, as the answer of the token endpoint states it: by `expires_in` (RFC 6749 section
/// 5.1) and, if the token is a JWT, by its `exp` (RFC 7519 section 4.1.4). The earlier of the two ends counts.
struct GrantedLifetime: Equatable, Sendable {
    /// The lifetime in seconds: 1 to 86,400.
    let seconds: Int
    let origin: TokenGrant.LifetimeOrigin

    /// The time of an answer by two clocks, each in seconds since 1970. A time that is not known is nil.
    struct Times: Sendable {
        /// The `Date` field of the answer (RFC 9110 section 6.6.1).
        var server: Int64?
        /// The wall clock of this machine when the request was sent. It may be wrong.
        var local: Int64?
    }

    /// The lifetime that TradeStation documents (see its Auth Code Flow page), for answers that state none.
    static let assumedSeconds: Int64 = 1_200
    /// The maximum lifetime that is accepted.
    static let maximumSeconds: Int64 = 86_400

    /// - Returns: nil if the access token has expired already.
    init?(_ json: JSONMembers, claims: TokenClaims?, at times: Times) {
        let named = Self.fromExpiresIn(json, issuedAt: claims?.issuedAt, at: times)
        guard let end = claims?.expiresAt.flatMap(Self.seconds(ofPointInTime:)) else {
            self = named ?? Self(seconds: Self.assumedSeconds, origin: .assumed)
            return
        }
        switch Self.life(until: end, issuedAt: claims?.issuedAt, at: times) {
        case .known(let life) where life < named?.seconds ?? .max: self.init(seconds: life, origin: .accessToken)
        case .known, .unknown: self = named ?? Self(seconds: Self.assumedSeconds, origin: .assumed)
        case .over: return nil
        }
    }

    private init(seconds: Int64, origin: TokenGrant.LifetimeOrigin) {
        self.seconds = Int(min(max(seconds, 1), Self.maximumSeconds))
        self.origin = origin
    }

    /// The lifetime that `expires_in` states; nil if it states none. Some servers send a point in time instead of a
    /// number of seconds.
    private static func fromExpiresIn(_ json: JSONMembers, issuedAt: Int64?, at times: Times) -> GrantedLifetime? {
        let end: Int64?
        if let number = json.number("expires_in") {
            guard number > 0 else { return nil }
            guard number >= Double(earliestPointInTime), number < 1e19 else {
                // A number of more than a day is probably in milliseconds. The assumed lifetime replaces it, because
                // even the maximum of one day would then be too long.
                let isLimited = number > Double(maximumSeconds)
                return Self(
                    seconds: isLimited ? assumedSeconds : Int64(number),
                    origin: isLimited ? .limited : .expiresIn
                )
            }
            end = seconds(ofPointInTime: number)
        } else {
            end = json.string("expires_in").flatMap { Timestamp($0) }.map { $0.milliseconds / 1_000 }
        }
        guard let end, case .known(let life) = life(until: end, issuedAt: issuedAt, at: times) else { return nil }
        return Self(seconds: life, origin: .pointInTime)
    }

    // MARK: Points in time

    private enum Life {
        case known(Int64)
        /// The clocks disagree, so the time that is left is not known.
        case unknown
        case over
    }

    /// How long the token lives until `end`, by the server's clock if possible.
    private static func life(until end: Int64, issuedAt: Int64?, at times: Times) -> Life {
        var clocks = [times.server, issuedAt, times.local]
        if let issuedAt, let server = times.server {
            // If `iat` is only a little earlier than `Date`, it is the more precise of the two. If it is later, `Date`
            // is wrong, because a token cannot have been issued in the future.
            let precision = min(60, max(0, end - issuedAt) / 10)
            if server - issuedAt <= precision { clocks = [issuedAt, times.local] }
        }
        let lives = clocks.compactMap { $0 }.map { end - $0 }
        if let life = lives.first(where: { (1...maximumSeconds).contains($0) }) { return .known(life) }
        // Only the server's clock can show that the token has expired, because this machine's clock may be wrong.
        if let server = times.server, end <= server, !lives.contains(where: { $0 > 0 }) { return .over }
        return lives.contains { $0 > maximumSeconds } && times.server != nil ? .known(maximumSeconds) : .unknown
    }

    /// Converts a point in time, which may be in seconds, milliseconds, microseconds or nanoseconds since 1970, to
    /// seconds; returns nil if the number is too small to be a point in time.
    private static func seconds(ofPointInTime number: Double) -> Int64? {
        var seconds = number
        while seconds >= 1e11 { seconds /= 1_000 }
        return seconds >= Double(earliestPointInTime) ? Int64(seconds) : nil
    }

    private static func seconds(ofPointInTime number: Int64) -> Int64? { seconds(ofPointInTime: Double(number)) }

    /// The smallest number that is read as a point in time, which lies in the year 2001. Read as a lifetime, it would
    /// be more than thirty years.
    private static let earliestPointInTime: Int64 = 1_000_000_000
}

import TradeStationModel
import TradeStationSessions

/// The gauges that are computed from the store when metrics are collected.
struct StoreGauges {
    private static let states: [ProfileState] = [
        .new, .ready, .refreshing, .degraded, .needsLogin, .badClient, .held,
    ]
    /// The state of a profile that cannot be read.
    private static let damagedState = "damaged"

    let listing: ProfileListing
    let now: Timestamp
    /// What is known about the quotas of the logins.
    let quotas: [Login.ID: [APIQuota]]
    /// How many callers wait for a refresh in this process.
    let waiters: [Login.ID: Int]

    /// All gauges. The label `profile` contains names.
    var families: [MetricFamily] {
        [
            state,
            time("tsaccounts_access_expires_timestamp_seconds", "When the access token expires.") {
                $0.login.accessExpiresAt
            },
            time(
                "tsaccounts_refresh_token_expires_timestamp_seconds",
                "When the refresh token expires if it is not used."
            ) {
                $0.possibleRefreshTokenEnd
            },
            time("tsaccounts_sign_in_ends_timestamp_seconds", "When the sign-in ends.") { $0.possibleSignInEnd },
            gauge("tsaccounts_generation", "The number of token sets that the login has had.") {
                Double($0.login.generation)
            },
            gauge("tsaccounts_waiters", "Callers in this process that wait for a refresh of the login.") {
                Double(waiters[$0.login.id] ?? 0)
            },
            quota("tsaccounts_quota_remaining", "API requests that are left, by resource.") {
                $0.remaining.map(Double.init)
            },
            quota("tsaccounts_quota_limit", "API requests that are allowed in the time window, by resource.") {
                $0.limit.map(Double.init)
            },
            quota("tsaccounts_quota_resets_timestamp_seconds", "When the quota is full again.") {
                $0.resetsAt.map(Self.seconds)
            },
        ]
    }

    /// One sample for each profile and each state: 1 for the state of the profile, otherwise 0.
    private var state: MetricFamily {
        let all = Self.states.map(\.rawValue) + [Self.damagedState]
        let states =
            listing.profiles.map { ($0.name.text, $0.state(at: now).rawValue) }
            + listing.damaged.map { ($0.name, Self.damagedState) }
        return MetricFamily(
            "tsaccounts_profile_state",
            .gauge,
            help: "1 for the state of the profile, 0 for the other states.",
            states.flatMap { name, current in
                all.map { .init([.init("profile", name), .init("state", $0)], $0 == current ? 1 : 0) }
            }
        )
    }

    private func time(
        _ name: String,
        _ help: String,
        _ value: (ProfileRecord) -> Timestamp?
    ) -> MetricFamily {
        gauge(name, help) { value($0).map(Self.seconds) }
    }

    private func gauge(_ name: String, _ help: String, _ value: (ProfileRecord) -> Double?) -> MetricFamily {
        MetricFamily(
            name,
            .gauge,
            help: help,
            listing.profiles.compactMap { record in
                value(record).map { .init([.init("profile", record.name.text)], $0) }
            }
        )
    }

    /// A gauge of quotas. Profiles on one login share them.
    private func quota(_ name: String, _ help: String, _ value: (APIQuota) -> Double?) -> MetricFamily {
        MetricFamily(
            name,
            .gauge,
            help: help,
            listing.profiles.flatMap { record in
                (quotas[record.login.id] ?? []).compactMap { quota -> MetricFamily.Sample? in
                    value(quota).map {
                        .init([.init("profile", record.name.text), .init("resource", quota.resource ?? "")], $0)
                    }
                }
            }
        )
    }

    private static func seconds(_ time: Timestamp) -> Double { Double(time.milliseconds) / 1000 }
}

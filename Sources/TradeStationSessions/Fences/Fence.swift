import TradeStationModel

/// The fences of a profile: limits on the requests that its sessions may send. Performs no I/O.
///
/// A request whose path or body is ambiguous is refused if it might be forbidden.
struct Fence: Sendable {
    /// The fence that refused a request. The raw value is its name in the audit.
    enum Kind: String, Sendable {
        /// Order endpoints are refused.
        case readOnly = "read_only"
        /// Accounts that are not on the profile's list are refused.
        case accounts
        /// Requests of a simulator profile to a live host are refused.
        case environment
    }

    enum Decision: Equatable, Sendable {
        case open
        /// Allowed if the order belongs to one of the allowed accounts. The id of the order does not show its account.
        case openToOwner(orderID: String)
        case closed(Kind, because: String)
    }

    private let profile: Profile
    private let accounts: Set<String>?

    init(_ profile: Profile) {
        self.profile = profile
        accounts = profile.accounts.map { Set($0.map { $0.lowercased() }) }
    }

    /// Decides on a request.
    func decision(on call: APICall, _ target: APIRequestTarget) -> Decision {
        let route = APIRoute(target.segments, version: profile.apiVersion)
        if isSimulatorOnLiveHost {
            let reason = "The profile is for the simulator, but its API host is not the simulator."
            return .closed(.environment, because: reason)
        }
        if profile.isReadOnly, !Self.onlyReads(call, route) {
            let reason = "The profile is read-only: it refuses requests that may change something."
            return .closed(.readOnly, because: reason)
        }
        guard let accounts else { return .open }
        if let reason = accountObjection(to: call, target, route, accounts) {
            return .closed(.accounts, because: reason)
        }
        guard case .order(let id) = route else { return .open }
        return profile.apiVersion == .v3
            ? .openToOwner(orderID: id)
            : .closed(.accounts, because: "v2 does not tell which account an order id belongs to.")
    }

    private var isSimulatorOnLiveHost: Bool {
        profile.environment == .sim && profile.apiURL.map(Self.isLiveHost) ?? false
    }

    /// Whether the host is one of TradeStation's and not the simulator (documentation page "SIM vs LIVE").
    ///
    /// Other hosts pass: the user has chosen them.
    static func isLiveHost(_ url: EndpointURL) -> Bool {
        let rest = url.origin.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != ":" }
        let host = rest.hasSuffix(".") ? rest.dropLast() : rest
        guard host == "tradestation.com" || host.hasSuffix(".tradestation.com") else { return false }
        return !host.hasPrefix("sim")
    }

    private static func onlyReads(_ call: APICall, _ route: APIRoute) -> Bool {
        switch route {
        case .generalData, .accounts, .order: call.isReading
        case .calculation: call.isReading || call.method == "POST"
        case .unknown(let mentionsOrders): call.isReading && !mentionsOrders
        case .placing: false
        }
    }

    /// Returns why the limit to certain accounts forbids a request; nil when the request may be sent.
    private func accountObjection(
        to call: APICall,
        _ target: APIRequestTarget,
        _ route: APIRoute,
        _ accounts: Set<String>
    ) -> String? {
        switch route {
        case .accounts(let ids):
            if !accounts.isSuperset(of: ids) { return "The path names an account that the profile may not use." }
        case .unknown:
            return "It is not known which account this path is about."
        case .generalData, .calculation, .placing, .order: break
        }
        guard let parameters = target.parameters else { return "The query is ambiguous." }
        let asked = parameters.filter { $0.first?.lowercased().contains("account") ?? false }
        if !accounts.isSuperset(of: asked.flatMap({ $0.dropFirst().joined().accountIDs })) {
            return "The query names an account that the profile may not use."
        }
        if call.body.isEmpty, route != .placing { return nil }
        guard let ids = AccountMentions(call.body).ids else { return "The body is not valid JSON, or is ambiguous." }
        guard accounts.isSuperset(of: ids) else { return "The body names an account that the profile may not use." }
        return ids.isEmpty && route == .placing ? "The body does not name an account." : nil
    }
}

import TradeStationModel

/// What a profile keeps its sessions from. A decision and nothing else.
///
/// In doubt it is closed: a path or body that it does not understand is not let through when the answer could be no.
struct Fence: Sendable {
    /// Which fence it was, as the audit says it.
    enum Kind: String, Sendable {
        /// Order endpoints are refused.
        case readOnly = "read_only"
        /// Accounts that are not on the profile's list are refused.
        case accounts
        /// A simulator profile stays off the live hosts.
        case environment
    }

    enum Decision: Equatable, Sendable {
        case open
        /// Open if this order belongs to one of the fenced accounts, which its id does not tell.
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
        if isOffCourse { return .closed(.environment, because: "The profile's host is not the simulator's.") }
        if profile.isReadOnly, !Self.onlyReads(call, route) {
            return .closed(.readOnly, because: "The profile only reads: order endpoints are closed.")
        }
        guard let accounts else { return .open }
        if let reason = objection(to: call, target, route, accounts) { return .closed(.accounts, because: reason) }
        guard case .order(let id) = route else { return .open }
        return profile.apiVersion == .v3
            ? .openToOwner(orderID: id)
            : .closed(.accounts, because: "Whose a v2 order is cannot be asked for by its id.")
    }

    private var isOffCourse: Bool {
        profile.environment == .sim && profile.apiURL.map(Self.isLiveHost) ?? false
    }

    /// Whether it is one of TradeStation's hosts, and not the simulator (TradeStation, "SIM vs LIVE"). Other hosts
    /// cannot be judged: a person named them.
    static func isLiveHost(_ url: EndpointURL) -> Bool {
        let rest = url.origin.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != ":" }
        let host = rest.hasSuffix(".") ? rest.dropLast() : rest
        guard host == "tradestation.com" || host.hasSuffix(".tradestation.com") else { return false }
        return !host.hasPrefix("sim")
    }

    private static func onlyReads(_ call: APICall, _ route: APIRoute) -> Bool {
        switch route {
        case .open, .accounts, .order: call.method == "GET"
        case .calculation: call.method == "GET" || call.method == "POST"
        case .unknown(let mentionsOrders): call.method == "GET" && !mentionsOrders
        case .placing: false
        }
    }

    private func objection(
        to call: APICall,
        _ target: APIRequestTarget,
        _ route: APIRoute,
        _ accounts: Set<String>
    ) -> String? {
        func areInside(_ ids: [String]) -> Bool { ids.allSatisfy(accounts.contains) }
        switch route {
        case .accounts(let ids):
            if !areInside(ids) { return "The path names an account that the profile is fenced off from." }
        case .unknown:
            return "It is not known which account this path is about."
        case .open, .calculation, .placing, .order: break
        }
        guard let parameters = target.parameters else { return "The query cannot be read without doubt." }
        let asked = parameters.filter { $0.first?.lowercased().contains("account") ?? false }
        if !areInside(asked.flatMap { $0.dropFirst().joined().accountIDs }) {
            return "The query names an account that the profile is fenced off from."
        }
        return call.body.isEmpty && route != .placing ? nil : objection(to: call.body, route, accounts)
    }

    private func objection(to body: [UInt8], _ route: APIRoute, _ accounts: Set<String>) -> String? {
        guard let ids = AccountMentions(body).ids else { return "The body cannot be read without doubt." }
        guard ids.allSatisfy(accounts.contains) else {
            return "The body names an account that the profile is fenced off from."
        }
        return ids.isEmpty && route == .placing ? "The body does not say which account it is about." : nil
    }
}

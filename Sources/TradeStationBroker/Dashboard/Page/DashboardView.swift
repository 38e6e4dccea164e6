import Foundation
import TradeStationSessions

/// What the page shows: a period, and a part of the audit. The query of its address says it.
struct DashboardView: Hashable, Sendable {
    /// The parts of the audit.
    enum Part: String, Hashable, Sendable, CaseIterable {
        case everything = "all"
        case exchanges
        case failures
        case signIns = "sign-ins"
        case uses
        case changes
    }

    /// The periods that can be shown, in hours.
    static let periods = [1, 6, 24]

    var hours = 6
    var part = Part.everything
    /// Only rows of this login.
    var login: Login.ID?
    /// Only rows of this attempt.
    var attempt: String?
    /// Only rows about the token with this fingerprint.
    var token: String?

    init() {}

    /// - Parameter target: The target of a request. What it does not say, or says wrong, is the default.
    init(target: String) {
        let query = target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1])
            switch parts[0] {
            case "hours": hours = Int(value).flatMap { Self.periods.contains($0) ? $0 : nil } ?? hours
            case "show": part = Part(rawValue: value) ?? part
            case "login": login = Int64(value).map(Login.ID.init)
            case "attempt": attempt = Self.hexadecimal(value)
            case "token": token = Self.hexadecimal(value)
            default: break
            }
        }
    }

    /// The address of the view, relative to the page.
    var address: String {
        let pairs: [(String, String?)] = [
            ("hours", String(hours)), ("show", part == .everything ? nil : part.rawValue),
            ("login", login.map { String($0.rawValue) }), ("attempt", attempt), ("token", token),
        ]
        return "?" + pairs.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: "&")
    }

    /// The view with a change.
    func with(_ change: (inout DashboardView) -> Void) -> DashboardView {
        var view = self
        change(&view)
        return view
    }

    /// Whether the view shows a row.
    func shows(_ row: AuditRow) -> Bool {
        (login == nil || row.login == login) && (attempt == nil || row.attempt == attempt)
            && (token.map(row.fingerprints.contains) ?? true) && part.shows(row.event)
    }

    private static func hexadecimal(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isHexadecimalDigit } ? text : nil
    }
}

extension UInt8 {
    fileprivate var isHexadecimalDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
    }
}

extension DashboardView.Part {
    /// The name in the list of filters.
    var title: String {
        switch self {
        case .everything: "Everything"
        case .exchanges: "Exchanges"
        case .failures: "Failures"
        case .signIns: "Sign-ins"
        case .uses: "Uses"
        case .changes: "Changes"
        }
    }

    /// Whether an event belongs to the part. An event that this version does not know is shown with everything.
    func shows(_ event: AuditEvent?) -> Bool {
        switch self {
        case .everything: true
        case .exchanges:
            [
                .refreshStarted, .refreshSucceeded, .refreshFailed, .outcomeUnknown, .refreshAdopted, .lateResult,
                .recovered,
            ]
            .contains(event)
        case .failures:
            [.refreshFailed, .outcomeUnknown, .lateResult, .signInFailed, .needsLogin, .rolledBack, .fenced]
                .contains(event)
        case .signIns:
            [.signedIn, .signInFailed, .signedOut, .needsLogin, .signInEndsSoon, .revoked].contains(event)
        case .uses: event == .profileUsed || event == .fenced
        case .changes: [.profileAdded, .profileChanged, .profileRemoved, .rolledBack].contains(event)
        }
    }
}

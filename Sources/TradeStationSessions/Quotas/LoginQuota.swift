import TradeStationModel
import TradeStationOAuth

/// The quotas of one login, which all sessions and processes of the store share.
struct LoginQuota: Sendable {
    private let login: Login.ID
    private let board: any QuotaBoard
    private let clock: any TimeSource

    /// Whether a request may be sent.
    enum Admission: Sendable {
        /// Send the request. The number is for ``record(_:of:number:)``; nil if its resource is not known yet.
        case send(number: Int64?)
        /// Wait, or fail.
        case hold(QuotaHold)
    }

    init(_ login: Login.ID, board: any QuotaBoard, clock: any TimeSource) {
        self.login = login
        self.board = board
        self.clock = clock
    }

    /// Decides whether a request may be sent now, and counts it if so. A stream is not counted.
    func admit(_ route: QuotaRoute, _ patience: QuotaPatience) -> Admission {
        guard let resource = resource(of: route) else { return .send(number: nil) }
        let now = clock.wallTime()
        return board.update(QuotaKey(login: login, resource: resource)) { row in
            guard var counted = row else { return .send(number: nil) }
            if patience != .none, let wait = counted.wait(at: now, onlyForPause: patience == .waitsForPause) {
                return .hold(QuotaHold(milliseconds: wait, resource: resource))
            }
            if patience == .waitsForPause { return .send(number: nil) }
            let number = counted.countRequest(at: now)
            row = counted
            return .send(number: number)
        }
    }

    /// Records what an answer says.
    ///
    /// - Parameter number: the number that ``admit(_:_:)`` gave the request.
    /// - Returns: the resource, if the answer says something about its quota.
    @discardableResult
    func record(_ reply: HTTPExchangeResponse, of route: QuotaRoute, number: Int64?) -> String? {
        let now = clock.wallTime()
        var report = QuotaReport(at: now)
        if reply.status == 429 { report.pauseMilliseconds = APIQuota.pause(in: reply) }
        let quota = APIQuota(reply, now: now)
        guard quota != nil || report.pauseMilliseconds != nil else {
            if !(200..<300).contains(reply.status) { uncount(route, number: number) }
            return nil
        }
        report.limit = quota?.limit
        report.remaining = quota?.remaining
        report.resetsAt = quota?.resetsAt
        let known = self.resource(of: route)
        // Without a name, the numbers are about requests of the same kind.
        let resource = quota?.resource ?? known ?? route.text.printable(limit: 40)
        if resource != known { assign(resource, to: route, at: now) }
        board.update(QuotaKey(login: login, resource: resource)) { row in
            var changed = row ?? QuotaRow(login: login, resource: resource, answeredAt: now)
            changed.record(report, number: row == nil || resource != known ? nil : number)
            row = changed
        }
        return resource
    }

    /// Records that a request got no answer, or one that says nothing about a quota.
    func uncount(_ route: QuotaRoute, number: Int64?) {
        guard number != nil, let resource = resource(of: route) else { return }
        board.update(QuotaKey(login: login, resource: resource)) { $0?.uncountRequest() }
    }

    // MARK: What is known

    /// The quotas that are known and not full again yet, the one that was reported last first.
    var current: [APIQuota] {
        let now = clock.wallTime()
        return board.rows(of: login).filter { $0.isCurrent(at: now) }
            .sorted { ($0.answeredAt, $1.resource) > ($1.answeredAt, $0.resource) }.map(APIQuota.init)
    }

    /// The quota of a resource; nil if it is not known or full again.
    func current(_ resource: String) -> APIQuota? {
        let now = clock.wallTime()
        let row = board.update(QuotaKey(login: login, resource: resource)) { $0 }
        return row.flatMap { $0.isCurrent(at: now) ? APIQuota($0) : nil }
    }

    // MARK: Resources

    private func resource(of route: QuotaRoute) -> String? {
        board.update(QuotaKey(route: route.text)) { $0?.resource }
    }

    private func assign(_ resource: String, to route: QuotaRoute, at now: Timestamp) {
        board.update(QuotaKey(route: route.text)) {
            $0 = QuotaRow(login: Login.ID(rawValue: 0), resource: resource, answeredAt: now)
        }
    }
}

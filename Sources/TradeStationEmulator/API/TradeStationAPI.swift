import Foundation

/// TradeStation's API as a value: live and simulator, v3 and a little of v2. Every function is a decision.
struct TradeStationAPI: Sendable {
    /// What a decision may know beyond the request.
    struct Surroundings: Sendable {
        let settings: EmulatorSettings
        /// The number of the request in the log.
        let seq: Int
        /// How many streams the caller has open.
        let openStreams: Int
        let now: Date
    }

    /// At most this many accounts in one request (TradeStation's OpenAPI file).
    static let mostAccounts = 25
    /// At most this many symbols in one request (TradeStation's OpenAPI file).
    static let mostSymbols = 100

    private(set) var book = OrderBook()
    /// Requests that were answered with 429 because a quota was used up.
    private(set) var throttled = 0
    private var quotas = QuotaLedger()

    /// Answers a request; `caller` is who its bearer token belongs to, nil without a living token.
    mutating func answer(_ call: APICall, _ request: IncomingRequest, caller: Caller?, _ around: Surroundings)
        -> Outcome
    {
        guard call.path.first == "v3" || (call.path.first == "v2" && call.base == .live) else {
            return Outcome(call.failure(404, "The resource cannot be found."))
        }
        guard let caller else {
            return Outcome(call.failure(401, "The access token is missing, unknown or expired."))
        }
        guard let resource = call.resource else {
            return Outcome(call.failure(404, "The resource cannot be found."))
        }
        guard resource.methods.contains(call.method) else {
            var answer = call.failure(405, "The method \(call.method) is not allowed here.")
            answer.fields.append(.init(name: "allow", value: resource.methods.joined(separator: ", ")))
            return Outcome(answer)
        }
        let reading = useQuota(of: resource, by: caller, around)
        if let seconds = reading?.retryAfterSeconds {
            throttled += 1
            var answer = call.failure(429, "Rate quota exceeded").adding(reading)
            if around.settings.sendsRetryAfter { answer.fields.append(.init(name: "retry-after", value: "\(seconds)")) }
            return Outcome(answer)
        }
        var outcome =
            caller.scopes.contains(resource.scope)
            ? decide(resource, call, request, caller, around)
            : Outcome(call.failure(403, "The access token lacks the scope \(resource.scope)."))
        outcome.answer = outcome.answer.adding(reading)
        return outcome
    }

    /// The quota is enforced before the request reaches the service that it is for.
    private mutating func useQuota(of resource: APIResource, by caller: Caller, _ around: Surroundings)
        -> QuotaLedger.Reading?
    {
        guard around.settings.quotaLimit > 0, let name = resource.quotaName else { return nil }
        return quotas.use(
            name,
            by: caller.user.username,
            limit: around.settings.quotaLimit,
            periodSeconds: around.settings.quotaSeconds,
            at: around.now
        )
    }

    private mutating func decide(
        _ resource: APIResource,
        _ call: APICall,
        _ request: IncomingRequest,
        _ caller: Caller,
        _ around: Surroundings
    ) -> Outcome {
        if let refusal = refusal(of: resource, call) { return Outcome(refusal) }
        let data = AccountData(of: caller, at: call.base)
        let desk = OrderDesk(call: call, caller: caller, seq: around.seq)
        switch resource {
        case .accounts: return Outcome(data.accounts)
        case .balances(let accounts): return Outcome(data.balances(accounts))
        case .positions(let accounts): return Outcome(data.positions(accounts, at: around.now))
        case .orders(let accounts, let ids): return Outcome(desk.list(book, accounts: accounts, ids: ids))
        case .quotes(let symbols): return Outcome(MarketData.quotes(symbols, at: around.now))
        case .symbols(let text): return Outcome(MarketData.symbols(text))
        case .bars(let symbol):
            guard MarketData.knows(symbol) else { return Outcome(call.failure(400, "Invalid Symbol.")) }
            guard let bars = BarRequest(symbol: symbol, query: request.query) else { return invalidBars(call) }
            return Outcome(.json(["Bars": bars.history(at: around.now)]))
        case .newOrder: return desk.place(request.body, isGroup: false, in: &book, at: around.now)
        case .newOrderGroup: return desk.place(request.body, isGroup: true, in: &book, at: around.now)
        case .orderConfirmation: return desk.confirm(request.body, isGroup: false, book)
        case .orderGroupConfirmation: return desk.confirm(request.body, isGroup: true, book)
        case .order(let id):
            return call.method == "PUT" ? desk.replace(id, request.body, in: &book) : desk.cancel(id, in: &book)
        case .stream(let subject): return open(subject, call, request, caller, around)
        }
    }

    private mutating func open(
        _ subject: StreamSubject,
        _ call: APICall,
        _ request: IncomingRequest,
        _ caller: Caller,
        _ around: Surroundings
    ) -> Outcome {
        if around.settings.streamLimit > 0, around.openStreams >= around.settings.streamLimit {
            throttled += 1
            return Outcome(call.failure(429, "Stream quota exceeded"))
        }
        var bars: BarRequest?
        if case .bars(let symbol) = subject {
            bars = BarRequest(symbol: symbol, query: request.query)
            guard bars != nil else { return invalidBars(call) }
        }
        let opening = StreamOpening(
            subject: subject,
            own: AccountData(of: caller, at: call.base).own,
            orders: subject.accounts.map { book.orders(of: $0, at: call.base) } ?? [],
            bars: bars
        )
        var answer = Answer(
            status: 200,
            fields: [
                .init(name: "content-type", value: subject.contentType),
                .init(name: "cache-control", value: "no-store"),
                // The connection is not for a second request: the server ends it with the stream.
                .init(name: "connection", value: "close"),
            ]
        )
        answer.stream = StreamPlan(
            subject: subject,
            base: call.base,
            path: request.path,
            username: caller.user.username,
            accessToken: caller.accessToken,
            objects: opening.objects(at: around.now),
            isRefused: opening.isRefused
        )
        return Outcome(answer)
    }

    private func refusal(of resource: APIResource, _ call: APICall) -> Answer? {
        switch resource {
        case .balances(let list), .positions(let list), .orders(let list, _), .stream(.orders(let list, _)),
            .stream(.positions(let list)):
            (1...Self.mostAccounts).contains(list.count)
                ? nil : call.failure(400, "Between 1 and \(Self.mostAccounts) accounts can be asked for.")
        case .quotes(let list), .stream(.quotes(let list)):
            (1...Self.mostSymbols).contains(list.count)
                ? nil : call.failure(400, "Between 1 and \(Self.mostSymbols) symbols can be asked for.")
        default: nil
        }
    }

    private func invalidBars(_ call: APICall) -> Outcome {
        Outcome(call.failure(400, "interval, unit or barsback is invalid."))
    }
}

import Foundation

/// The logic and state of the emulated API: live and simulator, v3 and a small part of v2. It performs no I/O.
struct TradeStationAPI: Sendable {
    /// The information, besides the request, that determines an answer.
    struct Context: Sendable {
        let settings: EmulatorSettings
        /// The request's number in the log.
        let seq: Int
        /// The number of streams that the caller has open.
        let openStreams: Int
        let now: Date
    }

    /// The maximum number of accounts in one request (TradeStation's OpenAPI file).
    static let maximumAccounts = 25
    /// The maximum number of symbols in one request (TradeStation's OpenAPI file).
    static let maximumSymbols = 100

    private(set) var book = OrderBook()
    /// The number of requests that were answered with 429 because a quota was exhausted.
    private(set) var throttled = 0
    private var quotas = QuotaLedger()

    /// Answers a request. `caller` is the user of its bearer token; nil if the token is not valid.
    mutating func answer(_ call: APICall, _ request: IncomingRequest, caller: Caller?, _ context: Context)
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
        let reading = useQuota(of: resource, by: caller, context)
        if let seconds = reading?.retryAfterSeconds {
            throttled += 1
            var answer = call.failure(429, "Rate quota exceeded").adding(reading)
            if context.settings.sendsRetryAfter {
                answer.fields.append(.init(name: "retry-after", value: "\(seconds)"))
            }
            return Outcome(answer)
        }
        var outcome =
            caller.scopes.contains(resource.scope)
            ? handle(resource, call, request, caller, context)
            : Outcome(call.failure(403, "The access token lacks the scope \(resource.scope)."))
        outcome.answer = outcome.answer.adding(reading)
        return outcome
    }

    /// Counts the request against its quota. This happens before the resource handles the request.
    private mutating func useQuota(of resource: APIResource, by caller: Caller, _ context: Context)
        -> QuotaLedger.Reading?
    {
        guard context.settings.quotaLimit > 0, let name = resource.quotaName else { return nil }
        return quotas.use(
            name,
            by: caller.user.username,
            limit: context.settings.quotaLimit,
            periodSeconds: context.settings.quotaSeconds,
            at: context.now
        )
    }

    private mutating func handle(
        _ resource: APIResource,
        _ call: APICall,
        _ request: IncomingRequest,
        _ caller: Caller,
        _ context: Context
    ) -> Outcome {
        if let refusal = refusal(of: resource, call) { return Outcome(refusal) }
        let data = AccountData(of: caller, at: call.base)
        let service = OrderService(call: call, caller: caller, seq: context.seq)
        switch resource {
        case .accounts: return Outcome(data.accounts)
        case .balances(let accounts): return Outcome(data.balances(accounts))
        case .positions(let accounts): return Outcome(data.positions(accounts, at: context.now))
        case .orders(let accounts, let ids): return Outcome(service.list(book, accounts: accounts, ids: ids))
        case .quotes(let symbols): return Outcome(MarketData.quotes(symbols, at: context.now))
        case .symbols(let text): return Outcome(MarketData.symbols(text))
        case .bars(let symbol):
            guard MarketData.knows(symbol) else { return Outcome(call.failure(400, "Invalid Symbol.")) }
            guard let bars = BarRequest(symbol: symbol, query: request.query) else { return invalidBars(call) }
            return Outcome(.json(["Bars": bars.history(at: context.now)]))
        case .newOrder: return service.place(request.body, isGroup: false, in: &book, at: context.now)
        case .newOrderGroup: return service.place(request.body, isGroup: true, in: &book, at: context.now)
        case .orderConfirmation: return service.confirm(request.body, isGroup: false, book)
        case .orderGroupConfirmation: return service.confirm(request.body, isGroup: true, book)
        case .order(let id):
            return call.method == "PUT" ? service.replace(id, request.body, in: &book) : service.cancel(id, in: &book)
        case .stream(let subject): return openStream(subject, call, request, caller, context)
        }
    }

    private mutating func openStream(
        _ subject: StreamSubject,
        _ call: APICall,
        _ request: IncomingRequest,
        _ caller: Caller,
        _ context: Context
    ) -> Outcome {
        if context.settings.streamLimit > 0, context.openStreams >= context.settings.streamLimit {
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
            ownAccounts: AccountData(of: caller, at: call.base).ownAccounts,
            orders: subject.accounts.map { book.orders(of: $0, at: call.base) } ?? [],
            bars: bars
        )
        var answer = Answer(
            status: 200,
            fields: [
                .init(name: "content-type", value: subject.contentType),
                .init(name: "cache-control", value: "no-store"),
                // The server closes the connection at the end of the stream.
                .init(name: "connection", value: "close"),
            ]
        )
        answer.stream = StreamPlan(
            subject: subject,
            base: call.base,
            path: request.path,
            username: caller.user.username,
            accessToken: caller.accessToken,
            objects: opening.objects(at: context.now),
            isRefused: opening.isRefused
        )
        return Outcome(answer)
    }

    private func refusal(of resource: APIResource, _ call: APICall) -> Answer? {
        switch resource {
        case .balances(let list), .positions(let list), .orders(let list, _), .stream(.orders(let list, _)),
            .stream(.positions(let list)):
            (1...Self.maximumAccounts).contains(list.count)
                ? nil : call.failure(400, "Between 1 and \(Self.maximumAccounts) accounts can be requested.")
        case .quotes(let list), .stream(.quotes(let list)):
            (1...Self.maximumSymbols).contains(list.count)
                ? nil : call.failure(400, "Between 1 and \(Self.maximumSymbols) symbols can be requested.")
        default: nil
        }
    }

    private func invalidBars(_ call: APICall) -> Outcome {
        Outcome(call.failure(400, "interval, unit or barsback is invalid."))
    }
}

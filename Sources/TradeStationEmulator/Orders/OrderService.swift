import Foundation

/// Places, confirms, replaces and cancels orders in an order book.
struct OrderService: Sendable {
    private struct Receipt: Encodable {
        let OrderID: String
        let Message: String
    }

    private struct Receipts: Encodable {
        let Orders: [Receipt]
        let Errors: [PartialError] = []
    }

    private struct Confirmation: Encodable {
        let AccountID: String
        let EstimatedCommission = "0.00"
        let EstimatedPrice: String
        let OrderConfirmID: String
        let SummaryMessage: String
        let Symbol: String
    }

    private struct OrderList: Encodable {
        let Orders: [OrderText]
        let Errors: [PartialError]
    }

    let call: APICall
    let caller: Caller
    /// The request's number in the log.
    let seq: Int

    func list(_ book: OrderBook, accounts: [String], ids: [String]?) -> Answer {
        let data = AccountData(of: caller, at: call.base)
        let all = book.orders(of: accounts.filter(data.ownAccounts.contains), at: call.base)
        let shown = all.filter { ids?.contains($0.orderID) ?? true }
        let missing = (ids ?? []).filter { id in !shown.contains { $0.orderID == id } }
        return .json(
            OrderList(
                Orders: shown.map(OrderText.init),
                Errors: data.errors(accounts) + missing.map(PartialError.order)
            )
        )
    }

    /// Accepts an order or all orders of a group; if one is invalid, none is accepted.
    func place(_ body: String, isGroup: Bool, in book: inout OrderBook, at now: Date) -> Outcome {
        withValidRequests(body, isGroup: isGroup, book) { requests in
            let orders = requests.map {
                book.accept($0, of: caller, at: call.base, seq: seq, time: Timestamp.text(now))
            }
            let receipts = zip(orders, requests).map {
                Receipt(OrderID: $0.orderID, Message: "Sent order: \($1.summary)")
            }
            return committed(.json(Receipts(Orders: receipts)), orders)
        }
    }

    /// Estimates the cost of an order without accepting it.
    func confirm(_ body: String, isGroup: Bool, _ book: OrderBook) -> Outcome {
        withValidRequests(body, isGroup: isGroup, book) { requests in
            Outcome(
                .json([
                    "Confirmations": requests.enumerated().map { index, request in
                        Confirmation(
                            AccountID: request.AccountID,
                            EstimatedPrice: request.LimitPrice ?? Price(of: request.Symbol).text,
                            OrderConfirmID: request.OrderConfirmID ?? "C-\(seq)-\(index + 1)",
                            SummaryMessage: request.summary,
                            Symbol: request.Symbol
                        )
                    }
                ])
            )
        }
    }

    func replace(_ id: String, _ body: String, in book: inout OrderBook) -> Outcome {
        do throws(InvalidJSON) {
            let change = try JSONText.decode(OrderChange.self, from: body)
            return answer(
                book.replace(id, with: change, of: caller.user.username, at: call.base),
                "Cancel/Replace order sent."
            )
        } catch {
            return Outcome(call.failure(400, error.reason))
        }
    }

    func cancel(_ id: String, in book: inout OrderBook) -> Outcome {
        answer(book.cancel(id, of: caller.user.username, at: call.base), "Cancel request sent.")
    }

    private func withValidRequests(
        _ body: String,
        isGroup: Bool,
        _ book: OrderBook,
        _ act: ([OrderRequest]) -> Outcome
    ) -> Outcome {
        do throws(InvalidJSON) {
            let requests =
                isGroup
                ? try JSONText.decode(OrderGroupRequest.self, from: body).Orders
                : [try JSONText.decode(OrderRequest.self, from: body)]
            let own = caller.accounts(at: call.base)
            if requests.isEmpty { return Outcome(call.failure(400, "A group needs at least one order.")) }
            if requests.contains(where: { !own.contains($0.AccountID) }) {
                return Outcome(call.failure(403, "Invalid Account ID."))
            }
            if let validationError = requests.compactMap(\.validationError).first {
                return Outcome(call.failure(400, validationError))
            }
            if requests.contains(where: { book.isUsed(confirmID: $0.OrderConfirmID, by: caller.user.username) }) {
                return Outcome(call.failure(400, "OrderConfirmID was used before."))
            }
            return act(requests)
        } catch {
            return Outcome(call.failure(400, error.reason))
        }
    }

    private func answer(_ change: OrderBook.ChangeResult, _ message: String) -> Outcome {
        switch change {
        case .done(let order): committed(.json(Receipt(OrderID: order.orderID, Message: message)), [order])
        case .unknown: Outcome(call.failure(404, "Order not found."))
        case .notOpen: Outcome(call.failure(400, "Not an open order."))
        }
    }

    private func committed(_ answer: Answer, _ orders: [EmulatedOrder]) -> Outcome {
        var outcome = Outcome(answer)
        outcome.committed = true
        outcome.changedOrders = orders
        return outcome
    }
}

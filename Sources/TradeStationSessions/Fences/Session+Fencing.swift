import TradeStationModel

extension Session {
    /// Where a call goes, once path and fences let it through; and the profile as it stands at this moment.
    ///
    /// - Throws: ``AccountsError`` `usage`, `fenced`, `profile_not_found`, and those of the store: a fence that cannot
    ///   be read is closed.
    func admit(_ call: APICall, before deadline: Int64) async throws -> (
        target: APIRequestTarget, record: ProfileRecord
    ) {
        let record = try await current()
        let target = try APIRequestTarget(call.path, query: call.query, profile: record.profile)
        switch Fence(record.profile).decision(on: call, target) {
        case .open: break
        case .closed(let kind, let reason):
            throw await refusal(of: call, target, record, kind, because: reason)
        case .openToOwner(let orderID):
            guard try await isOwn(orderID, of: record.profile, before: deadline) else {
                throw await refusal(
                    of: call,
                    target,
                    record,
                    .accounts,
                    because: "No account that the profile is fenced to has this order."
                )
            }
        }
        return (target, record)
    }

    /// The profile as it stands in the store; environment and host stay what this session was opened with.
    private func current() async throws -> ProfileRecord {
        guard var record = try await manager.store.profile(profile.profile.id) else {
            throw AccountsError.loginGone.about(profile.profile.name)
        }
        record.profile.environment = profile.profile.environment
        record.profile.apiURL = profile.profile.apiURL
        return record
    }

    /// Whether one of the fenced accounts has an order, as the API itself says: an id does not tell whose it is. With
    /// and without dashes it is the same id (OpenAPI file, "Cancel Order").
    private func isOwn(_ orderID: String, of profile: Profile, before deadline: Int64) async throws -> Bool {
        struct Orders: Decodable {
            struct Order: Decodable {
                let AccountID: String
                let OrderID: String
            }
            let Orders: [Order]
        }
        guard let accounts = profile.accounts else { return false }
        let path = "/brokerage/accounts/\(accounts.joined(separator: ","))/orders/\(FormEncoding.encodeQuery(orderID))"
        let left = Duration.milliseconds(deadline - manager.clock.bootMilliseconds())
        let orders: [Orders.Order]
        do {
            orders = try await get(path, as: Orders.self, timeout: left).value.Orders
        } catch let error as APIError where [403, 404].contains(error.status) {
            // Another way to say that they have none of this id.
            return false
        }
        return orders.contains { order in
            order.OrderID.replacing("-", with: "") == orderID.replacing("-", with: "")
                && accounts.contains { $0.lowercased() == order.AccountID.lowercased() }
        }
    }

    /// The error for a request that a fence stopped, with its row in the audit. The path stands in it as it was asked
    /// for, without the query; of a body nothing does.
    private func refusal(
        of call: APICall,
        _ target: APIRequestTarget,
        _ record: ProfileRecord,
        _ kind: Fence.Kind,
        because reason: String
    ) async -> AccountsError {
        let path = Redaction.printable(target.path, without: cache.secrets, limit: 400)
        return await manager.fenced(
            record,
            kind,
            ["method": call.method, "path": path],
            "\(call.method) \(path.printable(limit: 120)) is fenced off.",
            because: reason
        )
    }
}

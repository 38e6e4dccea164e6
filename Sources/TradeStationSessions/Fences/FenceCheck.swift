import TradeStationModel
import TradeStationOAuth

/// Checks calls against the fences (limits) of a session's profile, which are read from the store for each call.
struct FenceCheck {
    let session: Session
    /// When the caller stops waiting, in milliseconds of the boot clock.
    let deadline: Int64

    private var services: SessionServices { session.services }

    /// Checks the path and the fences before a call is sent.
    ///
    /// - Returns: where the call goes, and the profile as it is now.
    /// - Throws: ``AccountsError`` `usage`, `fenced`, `profile_not_found`, and the errors of the store: when the
    ///   fences cannot be read, nothing is sent.
    func admit(_ call: APICall) async throws -> AdmittedCall {
        let record = try await currentRecord()
        let admitted = AdmittedCall(
            call: call,
            target: try APIRequestTarget(call.path, query: call.query, profile: record.profile),
            record: record
        )
        switch Fence(record.profile).decision(on: call, admitted.target) {
        case .open: break
        case .closed(let kind, let reason):
            throw await error(for: admitted, kind, because: reason)
        case .openToOwner(let orderID):
            guard try await isOwn(orderID, of: record.profile) else {
                let reason = "None of the accounts that the profile may use has this order."
                throw await error(for: admitted, .accounts, because: reason)
            }
        }
        return admitted
    }

    /// The profile as it is in the store, with the environment and host that the session was opened for.
    private func currentRecord() async throws -> ProfileRecord {
        let opened = session.profile.profile
        guard var record = try await services.store.profile(opened.id) else {
            throw AccountsError.profileRemoved.about(opened.name)
        }
        record.profile.environment = opened.environment
        record.profile.apiURL = opened.apiURL
        return record
    }

    /// Asks the API whether an order belongs to one of the allowed accounts, because its id does not show its account.
    ///
    /// The id is the same with and without dashes (OpenAPI file, "Cancel Order").
    private func isOwn(_ orderID: String, of profile: Profile) async throws -> Bool {
        struct Orders: Decodable {
            struct Order: Decodable {
                let AccountID: String
                let OrderID: String
            }
            let Orders: [Order]
        }
        guard let accounts = profile.accounts else { return false }
        let path = "/brokerage/accounts/\(accounts.joined(separator: ","))/orders/\(FormEncoding.encodeQuery(orderID))"
        let remaining = Duration.milliseconds(deadline - services.clock.bootMilliseconds())
        let orders: [Orders.Order]
        do {
            orders = try await session.get(path, as: Orders.self, timeout: remaining).value.Orders
        } catch let error as APIError where [403, 404].contains(error.status) {
            // These statuses also mean that the accounts have no such order.
            return false
        }
        return orders.contains { order in
            order.OrderID.replacing("-", with: "") == orderID.replacing("-", with: "")
                && accounts.contains { $0.lowercased() == order.AccountID.lowercased() }
        }
    }

    /// Records that a fence refused a call, and returns the error.
    ///
    /// The audit row and the error contain the requested path without its query, and nothing of the body.
    private func error(
        for refused: AdmittedCall,
        _ kind: Fence.Kind,
        because reason: String
    ) async -> AccountsError {
        let method = refused.call.method
        let path = Redaction.printable(refused.target.path, without: session.login.secrets, limit: 400)
        return await FenceRefusal(
            record: refused.record,
            kind: kind,
            detail: ["method": method, "path": path],
            message: "A limit (fence) of the profile forbids \(method) \(path.printable(limit: 120)).",
            reason: reason
        ).report(to: services)
    }
}

/// A call that the fences let through: where it goes, and the profile as it was when they were checked.
struct AdmittedCall: Sendable {
    let call: APICall
    let target: APIRequestTarget
    let record: ProfileRecord
}

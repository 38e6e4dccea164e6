import TradeStationSessions

enum FirstSession {
    static func open(_ print: (String, String, String) -> Void) async throws {
        // shown
        let manager = try await SessionManager()
        let session = try await manager.session(named: "paper")
        for account in try await session.accounts() {
            print(account.id, account.type ?? "-", account.currency ?? "-")
        }
        await manager.close()
        // end
    }

    static func scoped(_ print: (String) -> Void) async throws {
        // shown
        try await withSessionManager { manager in
            try await manager.withSession(named: "paper") { session in
                print(try await session.user.username ?? "unknown")
            }
        }
        // end
    }

    static func headers(_ session: Session) async throws -> [String: String] {
        // shown
        let token = try await session.accessToken()
        let headers = ["Authorization": token.authorizationHeader]
        // end
        return headers
    }

    static func longJob(_ session: Session) async throws -> AccessToken {
        // shown
        let token = try await session.accessToken(validFor: .seconds(600))
        // end
        return token
    }

    static func failing(_ session: Session, _ print: (AccountsError) -> Void) async throws {
        // shown
        do {
            _ = try await session.accessToken()
        } catch let error as AccountsError where error.code == .loginRequired {
            print(error)
        }
        // end
    }

    static func script(clientID: String, secret: Secret, token: Secret) async throws {
        // shown
        try await withSession(clientID: clientID, secret: secret, refreshToken: token, environment: .sim) { session in
            print(try await session.get("/v3/brokerage/accounts").text)
        }
        // end
    }
}

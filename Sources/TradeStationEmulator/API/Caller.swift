/// The user and scopes of a request's bearer token.
struct Caller: Sendable {
    let user: EmulatorUser
    let scopes: [String]
    let accessToken: String

    func accounts(at base: APIBase) -> [String] {
        base == .live ? user.liveAccounts : user.simAccounts
    }
}

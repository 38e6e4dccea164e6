/// Who asks, as the bearer token says.
struct Caller: Sendable {
    let user: EmulatorUser
    let scopes: [String]
    let accessToken: String

    func accounts(at base: APIBase) -> [String] {
        base == .live ? user.liveAccounts : user.simAccounts
    }
}

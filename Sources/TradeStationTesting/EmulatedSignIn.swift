import Synchronization
package import TradeStationEmulator
package import TradeStationSessions

/// A sign-in at the emulator by a simulated browser.
///
/// The redirect URL is passed on as if the user had pasted it, so that no callback port is needed.
package struct EmulatedSignIn: Sendable {
    private let addresses: EmulatorAddresses
    /// The user who signs in.
    package let user: EmulatorAddresses.User

    /// Creates a sign-in.
    ///
    /// - Parameters:
    ///   - addresses: The emulator.
    ///   - username: One of the emulator's users; nil means the first one.
    /// - Throws: ``AccountsError`` `usage` if the emulator does not have the user.
    package init(at addresses: EmulatorAddresses, as username: String? = nil) throws(AccountsError) {
        guard let user = addresses.users.first(where: { username == nil || $0.username == username }) else {
            throw AccountsError(
                .usage,
                "The emulator has no user \"\(username ?? "")\".",
                suggestion: "use one of EmulatorConfiguration.users: "
                    + addresses.users.map(\.username).joined(separator: ", ")
            )
        }
        self.addresses = addresses
        self.user = user
    }

    /// The emulator's API key with a secret.
    package var key: ProfileRequest.KeyRequest {
        get throws(AccountsError) {
            var key = ProfileRequest.KeyRequest(clientID: addresses.clientID)
            key.secret = Secret(addresses.clientSecret)
            key.authorizeURL = try EndpointURL(addresses.authorizeURL)
            key.tokenURL = try EndpointURL(addresses.tokenURL)
            key.revokeURL = try EndpointURL(addresses.revokeURL)
            return key
        }
    }

    /// The interaction that performs the sign-in.
    ///
    /// - Parameters:
    ///   - declines: Declines the request instead of signing in.
    ///   - watch: Receives the authorization URL before the browser opens it.
    package func interaction(
        declines: Bool = false,
        watch: @escaping @Sendable (_ url: String) throws -> Void = { _ in }
    ) -> SignInInteraction {
        let pending = PendingURL()
        return SignInInteraction(
            usesCallback: false,
            present: { url in pending.url.withLock { $0 = url } },
            pasted: { [user] in
                guard let url = pending.url.withLock({ $0.take() }) else { return nil }
                try watch(url)
                return try await EmulatedBrowser().redirect(
                    at: url,
                    username: user.username,
                    password: user.password,
                    declines: declines
                )
            }
        )
    }

    /// The authorization URL that the browser has not opened yet.
    private final class PendingURL: Sendable {
        let url = Mutex<String?>(nil)
    }
}

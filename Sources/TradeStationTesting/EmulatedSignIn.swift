import Synchronization
package import TradeStationEmulator
package import TradeStationSessions

/// A sign-in at the emulator, played by a browser without a window. The address that it ends up at is handed over as
/// if it had been pasted, so that no callback port has to be free.
package struct EmulatedSignIn: Sendable {
    private let addresses: EmulatorAddresses
    /// Who signs in.
    package let user: EmulatorAddresses.User

    /// - Parameter username: one of the emulator's users; nil means the first of them.
    /// - Throws: ``AccountsError`` `usage` for a user whom the emulator does not know.
    package init(at addresses: EmulatorAddresses, as username: String? = nil) throws(AccountsError) {
        guard let user = addresses.users.first(where: { username == nil || $0.username == username }) else {
            throw AccountsError(
                .usage,
                "The emulator knows no user \"\(username ?? "")\".",
                suggestion: "one of EmulatorConfiguration.users: "
                    + addresses.users.map(\.username).joined(separator: ", ")
            )
        }
        self.addresses = addresses
        self.user = user
    }

    /// The emulator's API key that has a secret.
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

    /// The user in front of the browser.
    ///
    /// - Parameters:
    ///   - declines: refuses instead of signing in.
    ///   - watch: is shown the address before the browser opens it.
    package func interaction(
        declines: Bool = false,
        watch: @escaping @Sendable (_ url: String) throws -> Void = { _ in }
    ) -> SignInInteraction {
        let opened = OpenedAddress()
        return SignInInteraction(
            usesCallback: false,
            present: { url in opened.url.withLock { $0 = url } },
            pasted: { [user] in
                guard let url = opened.url.withLock({ $0.take() }) else { return nil }
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

    /// What the browser was asked to open and has not opened yet.
    private final class OpenedAddress: Sendable {
        let url = Mutex<String?>(nil)
    }
}

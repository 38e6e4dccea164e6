import Synchronization
import TradeStationEmulator
import TradeStationSessions

/// A sign-in at the emulator, played by a browser without a window. The address that it ends up at is handed over as
/// if it had been pasted, so that no callback port has to be free.
struct EmulatedSignIn {
    let addresses: EmulatorAddresses
    let user: EmulatorAddresses.User

    /// - Throws: ``AccountsError`` `usage` for a user whom the emulator does not know.
    init(at addresses: EmulatorAddresses, as username: String?) throws(AccountsError) {
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
    var key: ProfileRequest.KeyRequest {
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
    var interaction: SignInInteraction {
        let opened = OpenedAddress()
        return SignInInteraction(
            usesCallback: false,
            present: { url in opened.url.withLock { $0 = url } },
            pasted: { [user] in
                guard let url = opened.url.withLock({ $0.take() }) else { return nil }
                return try await EmulatedBrowser().redirect(
                    at: url,
                    username: user.username,
                    password: user.password
                )
            }
        )
    }

    /// What the browser was asked to open and has not opened yet.
    private final class OpenedAddress: Sendable {
        let url = Mutex<String?>(nil)
    }
}

/// An API key that is registered at the emulator.
struct Client: Sendable {
    let id: String
    /// The secret; nil for a public client, which uses PKCE instead.
    let secret: String?

    /// Whether a secret is the client's. Every secret is accepted for a public client.
    func accepts(secret presented: String?) -> Bool {
        secret == nil || secret == presented
    }
}

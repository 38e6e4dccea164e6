/// An API key registered at the emulator.
struct Client: Sendable {
    let id: String
    /// Nil for a public client, which proves itself with PKCE.
    let secret: String?

    /// Whether these credentials are the client's. A public client's secret is never looked at.
    func accepts(secret presented: String?) -> Bool {
        secret == nil || secret == presented
    }
}

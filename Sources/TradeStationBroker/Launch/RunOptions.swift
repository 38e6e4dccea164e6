/// How a program is started.
package struct RunOptions: Hashable, Sendable {
    /// Whether the program gets the real access token in `TSACCOUNTS_ACCESS_TOKEN`.
    package var handsOutToken = false
    /// Whether the program's requests go through the proxy without its doing.
    package var usesProxy = true
    /// Whether start-up hooks are installed.
    package var usesHooks = true
    /// Whether the program may name another client id than that of the profile's API key when it refreshes a token.
    package var acceptsAnyClient = false

    package init() {}
}

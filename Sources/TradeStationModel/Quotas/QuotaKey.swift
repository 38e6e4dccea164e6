/// The place of a row on a ``QuotaBoard``.
package struct QuotaKey: Hashable, Sendable {
    /// A number that differs for different rows, with very few exceptions, and is the same in every process.
    package let hash: UInt64

    /// Creates a key from a stored number.
    package init(hash: UInt64) { self.hash = hash }

    /// The row of a login's resource.
    package init(login: Login.ID, resource: String) {
        hash = StableHash("\(login.rawValue) \(resource)".utf8).value
    }

    /// The row that tells which resource a kind of request counts for. All logins share it.
    package init(route: String) {
        hash = StableHash(route.utf8).value
    }
}

/// A reading of a login's change counter.
///
/// If two readings are equal, nothing that a session of the login keeps in memory has changed between them: no new
/// tokens, no sign-out, no revocation, no removed profile. If they differ, the login has to be read again.
package struct ChangeStamp: Hashable, Sendable {
    /// The value of the counter.
    package let rawValue: Int64

    /// A stamp with the value of a counter.
    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// The stamp of every login while the counters are unavailable.
    package static let unknown = ChangeStamp(rawValue: 0)

    // Inlined into other modules, because every read of a token in memory compares two stamps.
    @inlinable
    package static func == (left: ChangeStamp, right: ChangeStamp) -> Bool { left.rawValue == right.rawValue }
}

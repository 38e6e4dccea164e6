/// The exclusive right to exchange a login's refresh token, across all processes. The kernel frees it when its
/// process dies.
package protocol LoginLock: Sendable {
    /// Gives the lock back. Further calls do nothing.
    func unlock()
}

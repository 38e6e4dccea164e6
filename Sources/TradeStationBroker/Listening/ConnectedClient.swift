/// The process at the other end of a connection, as the kernel reports it.
package struct ConnectedClient: Hashable, Sendable {
    /// The id of its user; nil if it is not known.
    package let userID: UInt32?
    /// The id of the process; nil if it is not known.
    package let processID: Int32?
    /// The name of the program; nil if it is not known.
    package let program: String?

    package init(userID: UInt32?, processID: Int32?, program: String?) {
        self.userID = userID
        self.processID = processID
        self.program = program
    }
}

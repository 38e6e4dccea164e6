/// A unit file, or another file that systemd reads.
struct SystemdUnit: Hashable, Sendable {
    /// The name of the file.
    let name: String
    /// The directory in which it belongs.
    let directory: String
    let text: String
}

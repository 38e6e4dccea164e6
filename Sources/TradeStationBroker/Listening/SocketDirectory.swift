import Foundation
import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The directory of a Unix socket, which only this user may enter.
struct SocketDirectory {
    let path: String

    /// - Parameter socket: The path of the socket.
    init(of socket: String) {
        let parent = socket.split(separator: "/", omittingEmptySubsequences: true).dropLast().joined(separator: "/")
        path = "/" + parent
    }

    /// Creates the directory with mode 0700 if it is missing. The directory above it has to exist.
    ///
    /// - Throws: `insecure_permissions` if others may enter it or it belongs to someone else; `cannot_create`.
    func prepare() throws(AccountsError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw AccountsError(
                .cannotCreate,
                "The directory \(path.printable(limit: 200)) for the socket could not be created.",
                reason: String(cString: strerror(errno)) + ".",
                suggestion: "tsaccounts serve --socket OTHER-PATH"
            )
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw AccountsError(
                .cannotCreate,
                "\(path.printable(limit: 200)) is not a directory, so no socket can be created there.",
                suggestion: "tsaccounts serve --socket OTHER-PATH"
            )
        }
        guard status.st_uid == geteuid() else {
            throw AccountsError(
                .insecurePermissions,
                "The directory \(path.printable(limit: 200)) belongs to another user.",
                reason: "Its owner could put another socket in the place of this one.",
                suggestion: "tsaccounts serve --socket A-PATH-IN-A-DIRECTORY-OF-YOUR-OWN"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            throw AccountsError(
                .insecurePermissions,
                "Other users may enter the directory \(path.printable(limit: 200)).",
                reason: "The socket hands out access tokens, so its directory must have mode 0700.",
                suggestion: "chmod 700 '\(path)'"
            )
        }
    }
}

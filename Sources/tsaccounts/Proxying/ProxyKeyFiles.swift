import Foundation
import TradeStationBroker
import TradeStationSessions

/// Where the keys of the proxy are: in the files that the user names, else beside the store.
struct ProxyKeyFiles {
    /// The value of `--key-file`.
    let option: String?
    /// The directory of the store.
    let dataDirectory: String

    /// The file for a profile. The directory of files beside the store is created if it is missing.
    ///
    /// - Parameter isOnly: whether the proxy has one profile only.
    /// - Throws: `AccountsError` `cannot_create`.
    func file(for name: ProfileName, isOnly: Bool) throws -> AccessKeyFile {
        if let option { return AccessKeyFile(path: isOnly ? option : "\(option).\(name)") }
        let directory = dataDirectory + "/proxy"
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw AccountsError(
                .cannotCreate,
                "The directory \(directory.printable(limit: 200)) for the keys of the proxy cannot be created.",
                reason: String(cString: strerror(errno)) + ".",
                suggestion: "name a file with --key-file"
            )
        }
        return AccessKeyFile(path: "\(directory)/\(name).key")
    }
}

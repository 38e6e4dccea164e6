import TradeStationBroker
import TradeStationSessions

/// Where the keys of the proxy are: in the files that the user names, else beside the store.
struct ProxyKeyFiles {
    /// The value of `--key-file`.
    let option: String?
    /// The directory of the store.
    let dataDirectory: String

    /// The file for a profile.
    ///
    /// - Parameter isOnly: whether the proxy has one profile only.
    func file(for name: ProfileName, isOnly: Bool) -> AccessKeyFile {
        guard let option else { return AccessKeyFile(path: "\(dataDirectory)/proxy/\(name).key", makesDirectory: true) }
        return AccessKeyFile(path: isOnly ? option : "\(option).\(name)")
    }
}

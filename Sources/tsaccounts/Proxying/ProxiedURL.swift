import TradeStationBroker
import TradeStationSessions

/// A profile of the proxy: its URL, and the file with its key.
struct ProxiedURL {
    let session: Session
    let file: AccessKeyFile
    let key: AccessKey

    /// The URL without the key.
    func url(port: Int) -> String { "http://127.0.0.1:\(port)/\(session.profile.name)" }

    /// The line that is printed. It does not contain the key.
    func line(port: Int) -> String { "\(url(port: port))  key: \(file.path)" }

    func json(port: Int) -> JSONText {
        .object([
            ("profile", .string(session.profile.name.text)),
            ("environment", .string(session.profile.profile.environment.rawValue)),
            ("url", .string(url(port: port))), ("key_file", .string(file.path)),
        ])
    }
}

import Foundation
import TradeStationBroker

/// A new directory for a Unix socket, which is removed with everything in it after `body`.
struct SocketPlace {
    let directory: String
    var path: String { directory + "/agent.sock" }

    static func with<Result>(mode: mode_t = 0o700, _ body: (SocketPlace) async throws -> Result) async throws -> Result
    {
        // Short, because the path of a socket may have about a hundred bytes only.
        let directory = "/tmp/tsa-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: Int(mode)]
        )
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try await body(SocketPlace(directory: directory))
    }

    func listen(_ responder: any HTTPResponder = ScriptedResponder.echo) async throws -> HTTPListener {
        try await HTTPListener.start(
            on: .unixSocket(path: path),
            logger: .silent,
            admit: { $0.userID == geteuid() },
            responder: responder
        )
    }

    static func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

import Foundation
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds the process at the other end of an accepted connection.
enum PeerLookUp {
    /// The client of a connected channel. What the kernel does not tell is nil.
    static func client(of channel: any Channel) -> EventLoopFuture<ConnectedClient> {
        let unknown = ConnectedClient(userID: nil, processID: nil, program: nil)
        switch channel.parent?.localAddress {
        case .unixDomainSocket?:
            guard let socket = channel as? any SocketOptionProvider else { break }
            return unixClient(of: socket).flatMapErrorThrowing { _ in unknown }
        case .v4?, .v6?:
            #if os(Linux)
                guard let own = channel.localAddress, let peer = channel.remoteAddress else { break }
                // The table of connections can be long.
                return NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) {
                    let user = ConnectionTable.user(of: peer, connectedTo: own)
                    return ConnectedClient(userID: user, processID: nil, program: nil)
                }.flatMapErrorThrowing { _ in unknown }
            #endif
        default: break
        }
        return channel.eventLoop.makeSucceededFuture(unknown)
    }

    #if canImport(Glibc)
        /// `struct ucred` of unix(7).
        private struct Credentials: Sendable {
            let processID: Int32
            let userID: UInt32
            let groupID: UInt32
        }

        private static func unixClient(of socket: any SocketOptionProvider) -> EventLoopFuture<ConnectedClient> {
            let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
            return socket.unsafeGetSocketOption(level: .socket, name: option).map { (peer: Credentials) in
                ConnectedClient(
                    userID: peer.userID,
                    processID: peer.processID,
                    program: program(of: peer.processID)
                )
            }
        }

        /// The name of a process's program, without its arguments, which may contain secrets.
        static func program(of process: Int32) -> String? {
            let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
            if let name = file?.split(separator: "/").last { return String(name.replacing(" (deleted)", with: "")) }
            let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
            return name?.split(separator: "\n").first.map { String($0) }
        }
    #elseif canImport(Darwin)
        private static func unixClient(of socket: any SocketOptionProvider) -> EventLoopFuture<ConnectedClient> {
            let level = NIOBSDSocket.OptionLevel(rawValue: SOL_LOCAL)
            let user: EventLoopFuture<xucred> = socket.unsafeGetSocketOption(
                level: level,
                name: NIOBSDSocket.Option(rawValue: LOCAL_PEERCRED)
            )
            let process: EventLoopFuture<pid_t> = socket.unsafeGetSocketOption(
                level: level,
                name: NIOBSDSocket.Option(rawValue: LOCAL_PEERPID)
            )
            return user.and(process).map { user, process in
                ConnectedClient(userID: user.cr_uid, processID: process, program: program(of: process))
            }
        }

        /// The name of a process's program, without its arguments, which may contain secrets.
        static func program(of process: Int32) -> String? {
            var path = [UInt8](repeating: 0, count: 4 * Int(MAXPATHLEN))
            let length = proc_pidpath(process, &path, UInt32(path.count))
            guard length > 0 else { return nil }
            return String(decoding: path.prefix(Int(length)), as: UTF8.self).split(separator: "/").last.map(String.init)
        }
    #endif
}

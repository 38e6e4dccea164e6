#if os(Linux)
    import Foundation
    import Glibc
    import NIOCore

    /// The kernel's list of TCP connections (proc_net_tcp of the kernel's documentation).
    struct ConnectionTable: Sendable {
        private let path: String

        /// The lists of this computer: IPv4, and IPv6 with the IPv4 connections of sockets that can do both.
        private static let systems = [ConnectionTable(path: "/proc/net/tcp"), ConnectionTable(path: "/proc/net/tcp6")]

        /// The id of the user whose socket at `peer` is connected to `own`; nil if it is not found.
        ///
        /// The kernel hands out the list in pieces, and a row can be missed when others come or go in between. So it is
        /// read again a few times.
        static func user(of peer: SocketAddress, connectedTo own: SocketAddress) -> UInt32? {
            for _ in 0..<3 {
                for system in systems {
                    if let user = system.user(of: peer, connectedTo: own) { return user }
                }
            }
            return nil
        }

        init(path: String) {
            self.path = path
        }

        /// The id of the user whose socket at `peer` is connected to `own`; nil if there is none in the list.
        func user(of peer: SocketAddress, connectedTo own: SocketAddress) -> UInt32? {
            let rows = rows
            let ends = [peer, own].map { path.hasSuffix("6") ? Self.wideText(of: $0) : Self.text(of: $0) }
            guard let from = ends[0], let to = ends[1] else { return nil }
            for row in rows.split(separator: "\n").dropFirst() {
                let columns = row.split(separator: " ", omittingEmptySubsequences: true)
                // A closed connection has no user any more: the kernel writes 0, which is not root here.
                guard columns.count > 9, columns[1] == from, columns[2] == to, columns[9] != "0" else { continue }
                return UInt32(columns[7])
            }
            return nil
        }

        /// The text of the list. It is read to its end piece by piece: its file claims to be empty, so functions that read
        /// whole files stop after the first piece.
        private var rows: String {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return "" }
            defer { close(file) }
            var (rows, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
            while case let count = read(file, &piece, piece.count), count > 0 { rows += piece.prefix(count) }
            return String(decoding: rows, as: UTF8.self)
        }

        /// An address as the list writes it: the words of the address in the byte order of the processor, and the port.
        static func text(of address: SocketAddress) -> String? {
            guard case .v4(let v4) = address else { return nil }
            return word(v4.address.sin_addr.s_addr) + port(of: address)
        }

        /// An address in the list for IPv6.
        static func wideText(of address: SocketAddress) -> String? {
            switch address {
            case .v4(let v4):
                return word(0) + word(0) + word(UInt32(0xffff).bigEndian) + word(v4.address.sin_addr.s_addr)
                    + port(of: address)
            case .v6(let v6):
                let words = withUnsafeBytes(of: v6.address.sin6_addr) { Array($0.bindMemory(to: UInt32.self)) }
                return words.map(word).joined() + port(of: address)
            case .unixDomainSocket: return nil
            }
        }

        private static func word(_ word: UInt32) -> String { String(format: "%08X", word) }
        private static func port(of address: SocketAddress) -> String { String(format: ":%04X", address.port ?? 0) }
    }
#endif

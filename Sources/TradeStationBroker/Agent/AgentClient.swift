import Foundation
package import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks a running agent by plain system calls, which take less time than opening the store.
package struct AgentClient: Sendable {
    /// The request for a token that the agent has in memory: it must not wait for an exchange (RFC 7240).
    static let preference = "wait=0"
    private static let mostBytes = 1 << 20

    private let socket: String
    private let store: StoreIdentity
    private let patience: Int64

    /// - Parameters:
    ///   - socket: The path of the agent's socket.
    ///   - store: The store that the agent has to serve.
    ///   - patience: The longest time that an agent that does not answer can cost, in milliseconds.
    package init(socket: String, store: StoreIdentity, patience: Int64 = 50) {
        self.socket = socket
        self.store = store
        self.patience = patience
    }

    /// The JSON of a profile's token, as the agent has it in memory. Blocks for some milliseconds at most.
    ///
    /// - Returns: nil if no agent of this user, this version and this store answers at once with a token.
    package func token(of profile: ProfileName, minValidity: UInt32) -> String? {
        let descriptor = UnixAddress.makeSocket()
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let deadline = Self.now + patience
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        // Only the same user's agent is asked, so that no other user can plant a token.
        guard UnixAddress.connect(descriptor, to: socket), UnixAddress.user(of: descriptor) == geteuid() else {
            return nil
        }
        let request = """
            GET /v1/profiles/\(profile.text)/token?min_validity=\(minValidity) HTTP/1.1\r
            Host: localhost\r
            Prefer: \(Self.preference)\r
            Connection: close\r
            \r

            """
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Self.noSignal) == bytes.count else { return nil }
        guard let answer = Self.read(descriptor, until: deadline).flatMap(AgentAnswer.init), answer.status == 200,
            answer.field(StoreIdentity.field) == store.text,
            answer.field(StoreIdentity.versionField) == Product.version
        else { return nil }
        return answer.line
    }

    /// Reads until the agent closes; nil if that takes too long.
    private static func read(_ descriptor: Int32, until deadline: Int64) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < mostBytes {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let remaining = deadline - now
            guard remaining > 0, poll(&wait, 1, Int32(remaining)) > 0 else { return nil }
            let count = recv(descriptor, &piece, piece.count, 0)
            if count == 0 { return bytes }
            guard count > 0 else { return nil }
            bytes += piece.prefix(count)
        }
        return nil
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static var noSignal: Int32 {
        #if canImport(Glibc)
            Int32(MSG_NOSIGNAL)
        #else
            0
        #endif
    }
}

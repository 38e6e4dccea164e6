import Foundation
import Synchronization

/// Looks up the addresses of host names.
///
/// The system's resolver blocks for as long as its name servers let it wait. Each lookup therefore has a thread of its
/// own, at most one per name: callers join the lookup in progress, and may leave it at any time.
package final class NameResolver: Sendable {
    /// The result of a lookup.
    package enum Answer: Hashable, Sendable {
        /// The addresses in the order in which they are to be tried; never empty.
        case addresses([String])
        /// There is no such name.
        case unknownName
        /// The resolver could not find out whether the name exists.
        case failed
    }

    private struct KnownAddresses {
        var addresses: [String]
        let until: ContinuousClock.Instant
    }

    private struct State {
        var known: [String: KnownAddresses] = [:]
        var waiting: [String: [Int: CheckedContinuation<Answer?, Never>]] = [:]
        var nextID = 0
        var isClosed = false
    }

    /// How long the addresses of a name are reused.
    private static let keepingTime = Duration.seconds(30)

    private let lookUp: @Sendable (String) -> Answer
    private let state = Mutex(State())

    /// Creates a resolver.
    ///
    /// - Parameter lookUp: Looks a name up and blocks its thread until there is an answer.
    package init(lookUp: @escaping @Sendable (String) -> Answer = NameResolver.system) {
        self.lookUp = lookUp
    }

    /// The addresses of a host, if no lookup is necessary.
    func knownAddresses(of host: String) -> [String]? {
        if IPAddress(host) != nil { return [host] }
        return state.withLock { state in
            state.known[host].flatMap { $0.until > .now ? $0.addresses : nil }
        }
    }

    /// Looks up the addresses of a host; nil if the waiting task is cancelled, or the resolver closed.
    func answer(for host: String) async -> Answer? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (settled, isFirst) = state.withLock { state -> (Answer??, Bool) in
                    if Task.isCancelled || state.isClosed { return (.some(nil), false) }
                    let isFirst = state.waiting[host] == nil
                    state.waiting[host, default: [:]][id] = continuation
                    return (nil, isFirst)
                }
                if let settled { continuation.resume(returning: settled) }
                if isFirst { start(host) }
            }
        } onCancel: {
            // The entry of the name stays: its lookup is still in progress.
            state.withLock { $0.waiting[host]?.removeValue(forKey: id) }?.resume(returning: nil)
        }
    }

    /// Tries an address first the next time, because a connection to it was possible.
    func prefer(_ address: String, for host: String) {
        state.withLock { state in
            guard var known = state.known[host], known.addresses.first != address else { return }
            known.addresses = [address] + known.addresses.filter { $0 != address }
            state.known[host] = known
        }
    }

    /// Looks a host up again the next time, because no connection to its addresses was possible.
    func forget(_ host: String) {
        state.withLock { $0.known[host] = nil }
    }

    /// Ends every wait and refuses new ones.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            let continuations = state.waiting.values.flatMap(\.values)
            for host in state.waiting.keys { state.waiting[host] = [:] }
            return continuations
        }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    private func start(_ host: String) {
        Thread.detachNewThread { [self] in
            let answer = lookUp(host)
            let waiting = state.withLock { state in
                if case .addresses(let addresses) = answer {
                    state.known[host] = KnownAddresses(addresses: addresses, until: .now + Self.keepingTime)
                }
                return state.waiting.removeValue(forKey: host) ?? [:]
            }
            for continuation in waiting.values { continuation.resume(returning: answer) }
        }
    }

    /// Asks the system's resolver (`getaddrinfo`). Blocks.
    package static let system: @Sendable (String) -> Answer = { host in
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        defer { if let first { freeaddrinfo(first) } }
        guard status == 0 else {
            return status == EAI_NONAME ? .unknownName : .failed
        }
        var addresses: [String] = []
        for entry in sequence(first: first, next: { $0?.pointee.ai_next }).compactMap({ $0?.pointee }) {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(
                    entry.ai_addr,
                    entry.ai_addrlen,
                    &text,
                    socklen_t(text.count),
                    nil,
                    0,
                    NI_NUMERICHOST
                ) == 0
            else { continue }
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let address = String(decoding: bytes, as: UTF8.self)
            // An address with a zone, such as fe80::1%eth0, is only valid on the local network: skip it.
            if IPAddress(address) != nil, !addresses.contains(address) { addresses.append(address) }
        }
        return addresses.isEmpty ? .unknownName : .addresses(addresses)
    }
}

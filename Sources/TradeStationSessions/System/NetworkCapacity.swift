import Synchronization
import TradeStationModel
import TradeStationOAuth
import TradeStationStore

/// The open files and threads that a use of the network needs. The network library ends the process if it cannot get
/// them, so this checks that they are available before anything is recorded or sent.
enum NetworkCapacity {
    /// The number of open files that one event loop of the network library needs.
    private static let filesPerLoop = 3
    /// The number of open files for a connection, the lookup of its host, and the store.
    private static let spareFiles = 12
    /// The number of threads for looking up hosts and for waiting until a lock is free.
    private static let spareThreads = 4

    private static let isStarted = Mutex(false)

    /// Checks that the files and threads are available, before the first use of the network in this process. Costs
    /// nothing after that.
    ///
    /// - Throws: as ``require()``.
    static func requireOnce() throws(AccountsError) {
        if !isStarted.withLock({ $0 }) { try require() }
    }

    /// Checks that the files and threads are available for an exchange, whose answer must not be lost.
    ///
    /// - Throws: ``AccountsError`` `store_busy` with the limit to raise.
    static func require() throws(AccountsError) {
        let (loops, threads) = (HTTPTransport.loopCount, HTTPTransport.threadCount)
        try isStarted.withLock { isStarted throws(AccountsError) in
            try OpenFiles.require(spareFiles + (isStarted ? 0 : loops * filesPerLoop), to: "use the network")
            if !isStarted { try ThreadLimit.require(threads + spareThreads, to: "use the network") }
            isStarted = true
        }
    }
}

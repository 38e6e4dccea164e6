import TradeStationSessions
import TradeStationStore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The open files and threads that every command needs. Without them, the runtime ends the process or waits for ever.
enum StartupCapacity {
    private static let files = 8
    private static let threads = 4
    /// A limit that is at least this high needs no check.
    private static let plenty: rlim_t = 64

    /// Checks that the files and threads are available. Throws `store_busy` if they are not.
    static func require() throws(AccountsError) {
        if isLow(RLIMIT_NOFILE) { try OpenFiles.require(files, to: "start") }
        if isLow(limitOnThreads) { try ThreadLimit.require(threads, to: "start") }
    }

    #if canImport(Glibc)
        private static let limitOnThreads = __RLIMIT_NPROC

        private static func isLow(_ resource: __rlimit_resource) -> Bool {
            var limit = rlimit()
            return getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 && limit.rlim_cur < plenty
        }
    #else
        private static let limitOnThreads = RLIMIT_NPROC

        private static func isLow(_ resource: Int32) -> Bool {
            var limit = rlimit()
            return getrlimit(resource, &limit) == 0 && limit.rlim_cur < plenty
        }
    #endif
}

import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The limit on the number of open files of this process.
enum DescriptorLimit {
    /// Raises the limit to the wanted number if it is lower.
    ///
    /// - Throws: ``AccountsError`` `cannot_create` if the hard limit is too low.
    static func require(_ wanted: Int) throws {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(wanted) else { return }
        let allowed = limit.rlim_cur
        limit.rlim_cur = rlim_t(wanted)
        guard limit.rlim_max < rlim_t(wanted) || setrlimit(resource, &limit) != 0 else { return }
        throw AccountsError(
            .cannotCreate,
            "This number of processes needs \(wanted) open files, but the limit is \(allowed).",
            suggestion: "ulimit -n \(wanted)   # or use fewer --processes and --logins"
        )
    }
}

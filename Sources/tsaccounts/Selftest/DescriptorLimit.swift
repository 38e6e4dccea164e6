import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files this process may have open.
enum DescriptorLimit {
    /// Sees to it that so many may be open, as far as the hard limit allows.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`.
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
            "So many processes need \(wanted) open files, and \(allowed) are allowed.",
            suggestion: "ulimit -n \(wanted), or fewer --processes and --logins"
        )
    }
}

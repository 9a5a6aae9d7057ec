#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's limit of open files. Each client is one, and many systems begin with 1,024.
package enum OpenFiles {
    /// Room for the 20,000 connections of the default configuration, three times over.
    private static let ceiling: rlim_t = 65_536

    /// Raises the soft limit as far as the hard one allows, up to 65,536.
    package static func raiseLimit() {
        var limit = rlimit()
        // Both calls read or write one rlimit, which lives for the call.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, Self.ceiling)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

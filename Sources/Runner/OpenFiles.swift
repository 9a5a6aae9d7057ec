#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's limit of open files. A run holds a listening socket for each endpoint, more than the 1,024 that many
/// systems begin with; what is started afterwards inherits the limit.
package enum OpenFiles {
    /// Enough for every run there is, and few enough that programs which walk their descriptors stay quick.
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

    /// The soft limit as it is now; `nil` where the system does not say.
    static var limit: Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }
}

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many files and sockets this process may have open; what it starts inherits the limit.
package enum OpenFiles {
    /// Room for 20,000 connections three times over, and few enough that programs which walk their descriptors stay quick.
    package static let usual = 65_536

    /// Fewer than were wanted, and the system allows no more.
    package struct Shortfall: Hashable, Sendable {
        package let needed: Int
        package let limit: Int
    }

    /// The soft limit that this process began with, as whoever started it set it; `nil` where the system does not say.
    package static let inherited: Int? = Self.limit

    /// Raises the soft limit, with which many systems begin at 1,024, as far as the hard one allows, up to `wanted`.
    package static func raiseLimit(to wanted: Int = Self.usual) {
        // A value of the type's own is made when it is first asked for.
        _ = self.inherited
        guard let limits = self.limits else { return }
        let raised = self.raised(soft: limits.rlim_cur, hard: limits.rlim_max, wanted: wanted)
        if raised != limits.rlim_cur { self.set(raised, limits) }
    }

    /// Sets the soft limit, higher or lower, as far as the hard one allows.
    package static func setLimit(to wanted: Int) {
        _ = self.inherited
        guard let limits = self.limits else { return }
        self.set(min(rlim_t(clamping: wanted), limits.rlim_max), limits)
    }

    private static func set(_ soft: rlim_t, _ limits: rlimit) {
        var limits = limits
        limits.rlim_cur = soft
        // setrlimit reads the structure during the call; the limit stays as it was when it fails.
        _ = unsafe setrlimit(self.resource, &limits)
    }

    /// Raises the limit to what is needed, or to the usual where that is more; tells when that was not to be had.
    package static func reserve(_ needed: Int) -> Shortfall? {
        self.raiseLimit(to: max(needed, self.usual))
        guard let limit = self.limit, limit < needed else { return nil }
        return Shortfall(needed: needed, limit: limit)
    }

    /// The soft limit as it is now; `nil` where the system does not say.
    package static var limit: Int? { self.limits.map { Int(clamping: $0.rlim_cur) } }

    /// What this process, or one that it starts, may raise its limit to.
    package static var hardLimit: Int? { self.limits.map { Int(clamping: $0.rlim_max) } }

    /// Says so where this process was started with a file whose number is beyond its limit: nothing can be started then, and the
    /// system's word for it is a bad file descriptor.
    package static var beyondLimit: String? {
        guard let limit, let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"),
            let highest = names.compactMap({ Int($0) }).max(), highest >= limit
        else { return nil }
        return
            "the limit of open files is \(limit), and the file \(highest) is open since the start; raise it (ulimit -n)"
    }

    static func raised(soft: rlim_t, hard: rlim_t, wanted: Int) -> rlim_t {
        max(soft, min(hard, rlim_t(clamping: wanted)))
    }

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private static var limits: rlimit? {
        var limits = rlimit()
        // getrlimit writes to the structure only.
        guard unsafe getrlimit(self.resource, &limits) == 0 else { return nil }
        return limits
    }
}

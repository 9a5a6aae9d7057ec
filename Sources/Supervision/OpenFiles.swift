internal import Glibc

/// How many files and sockets a process may have open.
package enum OpenFiles {
    /// What a program may raise its own limit to.
    package static var limit: Int {
        Int(clamping: self.limits?.rlim_max ?? 1_024)
    }

    /// Allows this process, and those it starts, all that they may have: the usual 1,024 are too few for an edge with a
    /// socket for each of some hundred endpoints.
    package static func raiseLimit() {
        guard var limits = self.limits else { return }
        limits.rlim_cur = limits.rlim_max
        // setrlimit reads the structure during the call; the limit stays as it was when it fails.
        _ = unsafe setrlimit(self.resource, &limits)
    }

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    private static var limits: rlimit? {
        var limits = rlimit()
        // getrlimit writes to the structure only.
        guard unsafe getrlimit(self.resource, &limits) == 0 else { return nil }
        return limits
    }
}

internal import Addresses
internal import Glibc
internal import ProgramKit
internal import Verdicts

extension Launcher {
    /// Sees whether an edge that should run already takes connections, at all of its addresses.
    func reach(_ edge: ExternalEdge) throws(TargetError) {
        for address in edge.addresses {
            let failure = Loopback.failure(ofConnectingTo: address)
            guard failure != 0 else { continue }
            throw TargetError(
                .unreachable,
                "\(self.definition.identity.title) cannot be reached at \(address), where \(self.definition.reference) says "
                    + "that it listens: \(Reason.text(ofErrno: failure))",
                hint: "start it first, and let it run: it is not the harness's to start"
            )
        }
    }
}

extension Loopback {
    /// Whoever is silent for so long is not there.
    private static let patience = timeval(tv_sec: 3, tv_usec: 0)

    /// The error number with which a connection cannot be made; 0 when it can.
    static func failure(ofConnectingTo address: TransportAddress) -> Int32 {
        // The structures live on this stack during the calls.
        unsafe Self.withSocket(address) { descriptor, name, length in
            var patience = Self.patience
            let size = socklen_t(MemoryLayout<timeval>.size)
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
            guard unsafe connect(descriptor, name, length) != 0 else { return 0 }
            // What is still under way when the time is up.
            return errno == EINPROGRESS ? ETIMEDOUT : errno
        }
    }
}

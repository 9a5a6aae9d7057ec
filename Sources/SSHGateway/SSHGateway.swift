package import Addresses
package import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A server for SSH clients that forward a port to themselves (RFC 4254 section 7.1), and do nothing else.
///
/// libssh is behind it. All of that runs on one thread; whoever comes to a forwarded port gets a socket, and its bytes flow as
/// the two ends take them: a channel's window opens only as fast as the socket is read, and the socket is read only as fast as
/// the SSH client takes what was sent.
package final class SSHGateway: Sendable {
    /// Times and bounds. The defaults are those of the edge.
    package struct Settings: Sendable {
        /// From accept to a proved key.
        package var authenticationTime = Duration.seconds(10)
        /// From there to a port and a command.
        package var negotiationTime = Duration.seconds(10)
        /// For a client to say whether it has connected.
        package var openingTime = Duration.seconds(10)
        /// Of silence, before a client is asked whether it is there.
        package var keepaliveInterval = Duration.seconds(20)
        /// For its answer.
        package var keepaliveTolerance = Duration.seconds(20)
        /// For a client to leave that was told the end.
        package var farewellTime = Duration.seconds(2)
        /// Keys that a client may offer in vain; as many as OpenSSH's server lets it.
        package var keyLimit = 6
        /// Connections of one session that wait for the client to connect.
        package var openingLimit = 256
        /// Bytes of one session that slow readers have not taken. With more, nothing is read of the session until half of them
        /// are gone: its other connections wait too.
        package var storedLimit = 32 << 20

        package init() {}
    }

    private let thread: GatewayThread

    /// Starts the thread.
    ///
    /// - Throws: ``Complaint`` where the system has no descriptors left.
    package init(_ settings: Settings = Settings(), hostKey: SSHHostKey) throws(Complaint) {
        guard let thread = GatewayThread(), thread.start(settings, hostKey: hostKey) else {
            throw Complaint("the SSH gateway cannot start: \(Reason.text(ofErrno: errno))")
        }
        self.thread = thread
    }

    /// Connections that the kernel keeps while the thread is busy.
    private static let backlog: Int32 = 1_024

    /// Listens, and gives each connection an owner.
    ///
    /// - Parameter accept: `nil` closes the connection. On the gateway's thread.
    /// - Returns: the address, with the port that the system chose for port 0.
    /// - Throws: ``Complaint`` where the address cannot be listened on.
    package func listen(
        on address: TransportAddress,
        accept: @escaping @Sendable (SSHConnection) -> (any SSHConnectionOwner)?
    ) throws(Complaint) -> TransportAddress {
        let (descriptor, bound) = try ListeningSocket.open(address, backlog: Self.backlog)
        let isTaken = self.thread.submit { $0.listen(descriptor, accept: accept) }
        if !isTaken { closeDescriptor(descriptor) }
        return bound
    }

    /// Takes no new connections. Those that are open stay.
    package func stopListening() { self.thread.submit { $0.stopListening() } }

    /// Ends every session, and the thread; returns when that is done.
    ///
    /// - Parameter reason: What clients are told.
    package func close(saying reason: String) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isTaken = self.thread.submit { core in
                core.close(saying: reason)
                continuation.resume()
            }
            if !isTaken { continuation.resume() }
        }
    }
}

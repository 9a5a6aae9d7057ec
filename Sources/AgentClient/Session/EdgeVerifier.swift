import Addresses
import LibCrypto
import NIOCore
import NIOSSL
import Synchronization

/// Believes the edge's certificate, or does not, where BoringSSL alone cannot tell: it reads no revocation lists, and behind a proxy
/// it would hold an edge that has an IP address for a name to the address of the proxy.
final class EdgeVerifier: Sendable {
    private let verification: ServerVerification
    private let last = Mutex<ServerVerification.Failure?>(nil)

    /// - Parameters:
    ///   - lists: What CAs have revoked, where that is asked for.
    ///   - address: The edge's; `nil` where it has a name, which NIO looks for in the certificate.
    init(_ access: EdgeAccess, lists: RevocationLists?, address: String?) {
        self.verification = ServerVerification(roots: access.roots, lists: lists, address: address)
    }

    /// Why the certificate was not believed.
    var failure: ServerVerification.Failure? { self.last.withLock { $0 } }

    func verify(_ chain: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>) {
        do {
            let failure = try self.verification.failure(of: chain.map { try $0.toDERBytes() })
            self.last.withLock { $0 = failure }
            promise.succeed(failure == nil ? .certificateVerified : .failed)
        } catch {
            promise.fail(error)
        }
    }
}

import ACME
import CredentialTesting
import EdgeServer
import LibCrypto
import Synchronization

/// A CA that a test speaks for.
final class TestIssuer: CertificateIssuer {
    /// Somebody who asks, and waits.
    struct Request: Sendable {
        let name: String
        let key: PrivateKey
        let account: String
        fileprivate let answer: AsyncThrowingStream<String, any Error>.Continuation

        func issue(_ chain: String) {
            self.answer.yield(chain)
            self.answer.finish()
        }

        /// A certificate of the authority's.
        func issue(
            by authority: TestAuthority,
            names: [String]? = nil,
            from: Double = 0,
            to: Double = 90 * 86_400
        ) throws {
            self.issue(
                try authority.issue(names ?? [self.name], key: self.key, from: from, to: to).certificatePEM
            )
        }

        func refuse(_ error: any Error) { self.answer.finish(throwing: error) }
    }

    let directory = "https://ca.test/directory"
    private let requests: AsyncStream<Request>
    private let coming: AsyncStream<Request>.Continuation
    private let count = Mutex(0)

    init() {
        (self.requests, self.coming) = AsyncStream.makeStream()
    }

    /// How many have asked so far.
    var asked: Int { self.count.withLock { $0 } }

    func certificate(for name: String, key: PrivateKey, account: AccountKey) async throws -> String {
        let (answers, answer) = AsyncThrowingStream.makeStream(of: String.self)
        self.count.withLock { $0 += 1 }
        self.coming.yield(Request(name: name, key: key, account: account.description, answer: answer))
        for try await chain in answers { return chain }
        throw CancellationError()
    }

    /// The next who asks.
    func next() async throws -> Request {
        for await request in self.requests { return request }
        throw CancellationError()
    }
}

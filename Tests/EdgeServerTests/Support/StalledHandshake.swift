import NIOCore
import NIOSSL

/// Holds clients' handshakes where they would verify the edge's certificate.
struct StalledHandshake: Sendable {
    private let promises: AsyncStream<EventLoopPromise<NIOSSLVerificationResult>>
    private let continuation: AsyncStream<EventLoopPromise<NIOSSLVerificationResult>>.Continuation

    init() { (self.promises, self.continuation) = AsyncStream.makeStream() }

    func stall(_ promise: EventLoopPromise<NIOSSLVerificationResult>) { self.continuation.yield(promise) }

    /// Waits until one is held, and gives what lets it go on.
    func next() async throws -> EventLoopPromise<NIOSSLVerificationResult> {
        for await promise in self.promises { return promise }
        throw ChannelError.eof
    }

    /// Fails what is still held; on a busy machine the edge may have given up before there was anything.
    func end() async {
        self.continuation.finish()
        for await promise in self.promises { promise.succeed(.failed) }
    }
}

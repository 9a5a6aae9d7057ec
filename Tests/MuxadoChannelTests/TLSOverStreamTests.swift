import CredentialTesting
import Muxado
import MuxadoChannel
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@Suite("TLS inside a stream")
struct TLSOverStreamTests {
    /// A self-signed certificate for `stream.test`, made now.
    static func identity() throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let authority = try TestAuthority(name: "stream.test", names: ["stream.test"])
        return (
            try NIOSSLCertificate(bytes: Array(authority.certificatePEM.utf8), format: .pem),
            try NIOSSLPrivateKey(bytes: Array(authority.keyPEM.utf8), format: .pem)
        )
    }

    @Test("a handshake, data both ways and close_notify work as over a socket")
    func handshake() throws {
        let (certificate, key) = try Self.identity()
        let server = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)],
                privateKey: .privateKey(key)
            )
        )
        var trusting = TLSConfiguration.makeClientConfiguration()
        trusting.trustRoots = .certificates([certificate])
        let client = try NIOSSLContext(configuration: trusting)

        let pair = try EmbeddedPair(serverHandlers: { _ in [NIOSSLServerHandler(context: server), Echo()] })
        pair.chunkLength = 1_000
        let recorder = Recorder()
        let future = pair.clientSession.openStream(type: .proxy) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                try channel.pipeline.syncOperations.addHandlers(
                    NIOSSLClientHandler(context: client, serverHostname: "stream.test"),
                    recorder
                )
            }
        }
        try pair.exchange()
        let channel = try future.wait()
        let byteCount = 3_000_000
        for position in stride(from: 0, to: byteCount, by: 50_000) {
            channel.writeAndFlush(Pattern.slice(at: position, length: 50_000), promise: nil)
            try pair.exchange()
        }
        #expect(recorder.received.readableBytes == byteCount)
        #expect(Pattern.matches(recorder.received, at: 0))
        #expect(recorder.errors.isEmpty)
        let closed = channel.close()
        try pair.exchange()
        pair.loop.advanceTime(by: .seconds(10))
        try pair.exchange()
        try closed.wait()
        #expect(!channel.isActive)
        #expect(pair.serverAccepted.first?.channel.isActive == false)
        #expect(pair.serverAccepted.first?.recorder.errors.isEmpty == true)
        try pair.finish()
    }
}

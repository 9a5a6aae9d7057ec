import Legs
import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import ScenarioModel
import TLSWire

/// The part of a ``BoringSSLSession`` that stays on one thread.
final class BoringSSLWorker {
    private(set) var handshake = HandshakeObservation()

    private let channel = EmbeddedChannel()
    private let handler: NIOSSLClientHandler
    private let wire = WireHandler()
    private let application = ApplicationHandler()
    private let chain: ChainBox
    private var serverFlight = ServerFlightReader()
    private var clientFlight = ServerFlightReader()
    private var state = TLSOutput.State.handshaking
    /// Of its hello, in lower-case hexadecimal.
    private var random: String?

    init(context: NIOSSLContext, serverName: String?) throws {
        let chain = ChainBox()
        self.chain = chain
        do {
            self.handler = try NIOSSLClientHandler(
                context: context,
                serverHostname: serverName,
                customVerificationCallback: { certificates, promise in
                    chain.certificates = certificates
                    promise.succeed(.certificateVerified)
                }
            )
        } catch {
            throw BoringSSLError("'\(serverName ?? "")' cannot be sent as server_name", error)
        }
        self.channel.allowRemoteHalfClosure = true
        let pipeline = self.channel.pipeline.syncOperations
        try pipeline.addHandlers([self.wire, self.handler, self.application])
    }

    func step(_ input: TLSInput) -> TLSOutput {
        switch input {
        case .start:
            self.channel.pipeline.fireChannelActive()
        case .ciphertext(let bytes):
            self.serverFlight.append(bytes)
            self.channel.pipeline.fireChannelRead(ByteBuffer(bytes: bytes))
            self.channel.pipeline.fireChannelReadComplete()
        case .plaintext(let bytes):
            self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        case .closeNotify:
            self.channel.close(mode: .output, promise: nil)
        case .endOfStream:
            if self.state == .handshaking { self.fail("the connection ended during the handshake") }
        }
        self.channel.embeddedEventLoop.run()
        self.observe()

        var output = TLSOutput(state: self.state)
        output.ciphertext = self.wire.takeBytes()
        if self.random == nil { self.random = Self.random(ofHello: output.ciphertext) }
        if let random = self.random, let secrets = BoringSSLSecrets.remove(ofRandom: random) {
            self.handshake.secrets = (self.handshake.secrets ?? []) + secrets
        }
        self.noticeSent(output.ciphertext)
        output.plaintext = self.application.takeBytes()
        return output
    }

    /// Behind the headers of record and message, and the version.
    private static func random(ofHello bytes: [UInt8]) -> String? {
        guard bytes.count >= 43 else { return nil }
        return ByteString(Array(bytes[11..<43])).description
    }

    /// Ends the channel, which must not be dropped while it is open.
    func tearDown() {
        self.wire.closesForGood = true
        self.channel.pipeline.syncOperations.removeHandler(self.handler).whenComplete { _ in }
        self.channel.embeddedEventLoop.run()
        self.channel.close(mode: .all, promise: nil)
        self.channel.embeddedEventLoop.run()
    }
}

// MARK: - Observing

extension BoringSSLWorker {
    private func observe() {
        let received = self.serverFlight.alerts
        if received.count > self.handshake.alertsReceived.count, !self.handshake.isCompleted {
            self.handshake.alertsReceived = received.map {
                HandshakeObservation.Alert(level: $0.levelByte, code: $0.code.rawValue)
            }
        }
        if let retry = self.serverFlight.helloRetryRequest {
            self.handshake.retryRequest = .init(group: retry.selectedGroup?.description)
        }
        if let hello = self.serverFlight.serverHello {
            self.handshake.isAnswered = true
            self.handshake.cipherSuite = hello.cipherSuite.description
        }
        self.handshake.closeNotifyReceived = self.application.isInputClosed
        if self.application.isHandshakeCompleted, !self.handshake.isCompleted { self.recordEstablished() }
        if let error = self.application.error, self.state != .failed { self.recordFailure(error) }
    }

    private func recordEstablished() {
        self.state = .established
        self.handshake.isCompleted = true
        self.handshake.alpn = self.application.negotiatedProtocol
        switch self.handler.tlsVersion {
        case .tlsv1?: self.handshake.version = .tls10
        case .tlsv11?: self.handshake.version = .tls11
        case .tlsv12?: self.handshake.version = .tls12
        case .tlsv13?: self.handshake.version = .tls13
        case nil: break
        }
        self.handshake.peerCertificates = self.chain.certificates.compactMap { certificate in
            (try? certificate.toDERBytes()).map { ByteString($0) }
        }
    }

    private func recordFailure(_ error: any Error) {
        self.fail("\(error)")
        guard let code = Self.receivedAlert(in: error) else { return }
        if !self.handshake.alertsReceived.contains(where: { $0.code == code }) {
            // BoringSSL only makes an error of a fatal one.
            self.handshake.alertsReceived.append(HandshakeObservation.Alert(level: 2, code: code))
        }
    }

    private func fail(_ reason: String) {
        self.state = .failed
        if self.handshake.failure == nil { self.handshake.failure = reason }
    }

    /// BoringSSL's packed error has the reason in its low 12 bits, and "alert n was received" is reason 1000 + n.
    private static func receivedAlert(in error: any Error) -> UInt8? {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let errors)), NIOSSLError.shutdownFailed(.sslError(let errors)),
            NIOSSL.BoringSSLError.sslError(let errors):
            stack = errors
        default:
            return nil
        }
        for entry in stack {
            // "Error: 268436496 error:10000410:SSL routines:…"
            let words = entry.description.split(separator: " ")
            guard words.count > 1, let packed = UInt32(words[1]) else { continue }
            let reason = packed & 0xfff
            if (1_000...1_255).contains(reason) { return UInt8(reason - 1_000) }
        }
        return nil
    }

    /// Our own alerts before encryption, which are records like the server's.
    private func noticeSent(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, !self.handshake.isCompleted else { return }
        self.clientFlight.append(bytes)
        self.handshake.alertsSent = self.clientFlight.alerts.map {
            HandshakeObservation.Alert(level: $0.levelByte, code: $0.code.rawValue)
        }
    }
}

/// The chain as the server sent it.
///
/// `@unchecked Sendable`: it is written and read on the worker's thread only; NIOSSL's callback asks for the word.
private final class ChainBox: @unchecked Sendable {
    var certificates: [NIOSSLCertificate] = []
}

/// Stands where the socket would be: collects what is written, and keeps the channel open when TLS closes it.
private final class WireHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var closesForGood = false
    private var bytes: [UInt8] = []

    func takeBytes() -> [UInt8] {
        defer { self.bytes = [] }
        return self.bytes
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.bytes.append(contentsOf: self.unwrapOutboundIn(data).readableBytesView)
        promise?.succeed()
    }

    func flush(context: ChannelHandlerContext) {}

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if self.closesForGood {
            context.close(mode: .all, promise: promise)
        } else {
            promise?.succeed()
        }
    }
}

/// Stands where the application would be.
private final class ApplicationHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private(set) var isHandshakeCompleted = false
    private(set) var isInputClosed = false
    private(set) var negotiatedProtocol: String?
    private(set) var error: (any Error)?
    private var bytes: [UInt8] = []

    func takeBytes() -> [UInt8] {
        defer { self.bytes = [] }
        return self.bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.bytes.append(contentsOf: self.unwrapInboundIn(data).readableBytesView)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiatedProtocol):
            self.isHandshakeCompleted = true
            self.negotiatedProtocol = negotiatedProtocol
        case ChannelEvent.inputClosed:
            self.isInputClosed = true
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil { self.error = error }
    }
}

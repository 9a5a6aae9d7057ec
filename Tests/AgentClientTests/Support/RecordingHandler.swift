import NIOCore
import NIOTLS

/// How a connection ended, and what came before.
struct Recording: Sendable {
    enum Ending: Sendable {
        /// The peer ended its side in order.
        case finished
        case failed(String)
    }

    var bytes: [UInt8]
    var ending: Ending

    var text: String { String(decoding: self.bytes, as: UTF8.self) }
    /// Compares without a failing expectation printing megabytes.
    func has(_ bytes: [UInt8]) -> Bool { self.bytes == bytes }
    var isFinished: Bool { if case .finished = self.ending { true } else { false } }
    var failure: String? { if case .failed(let text) = self.ending { text } else { nil } }
}

/// Collects what comes; once the peer has ended its side, sends an answer and ends its own.
final class RecordingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var bytes: [UInt8] = []
    private var firstError: (any Error)?
    private var promise: EventLoopPromise<Recording>?
    private let opening: [UInt8]
    private let answer: [UInt8]?
    private let endsAfterOpening: Bool
    private var isWriting = false
    private var hasEnded = false

    /// - Parameters:
    ///   - opening: Sent at once.
    ///   - endsAfterOpening: Ends the sending side after the opening, and reads on.
    ///   - answer: Sent after the peer's end; `nil` just closes then.
    init(
        _ promise: EventLoopPromise<Recording>,
        opening: [UInt8] = [],
        endsAfterOpening: Bool = false,
        answer: [UInt8]? = nil
    ) {
        self.promise = promise
        self.opening = opening
        self.endsAfterOpening = endsAfterOpening
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        if !self.opening.isEmpty {
            let written = context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.opening)))
            self.isWriting = true
            written.assumeIsolated().whenComplete { _ in
                self.isWriting = false
                if self.hasEnded {
                    self.answerAndClose(context)
                } else if self.endsAfterOpening {
                    context.close(mode: .output, promise: nil)
                }
            }
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.bytes += self.unwrapInboundIn(data).readableBytesView
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.shutdownCompleted) = event as? TLSUserEvent, self.firstError == nil {
            // NIOSSL closes a channel whose output has ended when close_notify comes, before it tells of the latter.
            self.finish(.finished)
        }
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            let error = self.firstError
            self.finish(error.map { .failed("\($0)") } ?? .finished)
            self.hasEnded = true
            if !self.isWriting {
                self.answerAndClose(context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func answerAndClose(_ context: ChannelHandlerContext) {
        guard let answer = self.answer else {
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: answer)))
            .assumeIsolated()
            .whenComplete { _ in context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.firstError = self.firstError ?? error
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish(.failed(self.firstError.map { "\($0)" } ?? "closed without an end"))
        context.fireChannelInactive()
    }

    private func finish(_ ending: Recording.Ending) {
        self.promise?.succeed(Recording(bytes: self.bytes, ending: ending))
        self.promise = nil
    }
}

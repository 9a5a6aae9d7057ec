import NIOCore
import NIOSSL

/// One of two: what the one reads the other writes, at the pace of the slower, until both directions have ended.
///
/// Both channels are on one event loop, and neither reads by itself (`autoRead` off): a read is asked for when the other side can
/// take it. Data that comes before the two are joined waits, at most one read of it.
///
/// An end is passed on as an end: a FIN, after close_notify where there is TLS. Input that TLS says was cut (FIN without
/// close_notify) is passed on as a FIN without close_notify; where the other leg is plain there is no such sign, and only the log
/// tells. A failure of one leg resets the other.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let transport: GentleCloseHandler
    private var context: ChannelHandlerContext?
    private var partner: RelayHandler?
    private var early: [ByteBuffer] = []
    private var wantsRead = false
    private var inputEnded = false
    private(set) var wasTruncated = false
    /// Bytes read so far.
    private(set) var byteCount = 0
    /// Why this leg failed, if it did.
    private(set) var failure: (any Error)?

    init(transport: GentleCloseHandler) {
        self.transport = transport
    }

    var isActive: Bool { self.context?.channel.isActive ?? false }

    /// Connects two relays; from here they read.
    static func join(_ left: RelayHandler, _ right: RelayHandler) {
        left.partner = right
        right.partner = left
        left.begin()
        right.begin()
    }

    private func begin() {
        guard let context = self.context, let partner = self.partner else { return }
        for buffer in self.early {
            partner.write(buffer)
        }
        if !self.early.isEmpty {
            partner.context?.flush()
        }
        self.early = []
        if self.inputEnded {
            partner.endOutput(isTruncated: self.wasTruncated)
        } else {
            self.wantsRead = false
            self.readWhenPartnerCan(context)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        self.byteCount += buffer.readableBytes
        if let partner = self.partner {
            partner.write(buffer)
        } else {
            self.early.append(buffer)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.partner?.context?.flush()
        self.readWhenPartnerCan(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let partner = self.partner, partner.wantsRead {
            partner.wantsRead = false
            partner.context?.read()
        }
        context.fireChannelWritabilityChanged()
    }

    private func readWhenPartnerCan(_ context: ChannelHandlerContext) {
        guard !self.inputEnded else { return }
        if let other = self.partner?.context, other.channel.isWritable {
            context.read()
        } else {
            self.wantsRead = true
        }
    }

    private func write(_ buffer: ByteBuffer) {
        self.context?.write(self.wrapOutboundOut(buffer), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent, !self.inputEnded {
            self.inputEnded = true
            self.partner?.endOutput(isTruncated: self.wasTruncated)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func endOutput(isTruncated: Bool) {
        if isTruncated {
            self.transport.endOutput()
        } else {
            self.context?.close(mode: .output, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? NIOSSLError, case .uncleanShutdown = error {
            // The end of input itself follows as an event.
            self.wasTruncated = true
            return
        }
        if self.failure == nil {
            self.failure = error
        }
        self.partner?.transport.abort()
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let partner = self.partner, !self.inputEnded || !partner.inputEnded {
            partner.transport.abort()
        }
        self.partner = nil
        context.fireChannelInactive()
    }
}

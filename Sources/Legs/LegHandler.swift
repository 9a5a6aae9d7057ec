import Glibc
import NIOCore
import ProgramKit
import ScenarioModel

/// Takes the events of a channel to its ``Leg``.
final class LegHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let leg: Leg
    private let opening: TimelineEntry.Kind
    private let whenOpen: (@Sendable (Leg) -> Void)?
    private var hasRead = false

    /// - Parameter opening: `connect` or `accept`.
    init(leg: Leg, opening: TimelineEntry.Kind, whenOpen: (@Sendable (Leg) -> Void)? = nil) {
        self.leg = leg
        self.opening = opening
        self.whenOpen = whenOpen
    }

    func channelActive(context: ChannelHandlerContext) {
        self.leg.channelOpened(self.opening)
        self.whenOpen?(self.leg)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        guard let bytes = buffer.readBytes(length: buffer.readableBytes), !bytes.isEmpty else { return }
        let arrived = self.hasRead ? nil : ArrivedSegments.of(context.channel)
        self.hasRead = true
        if self.leg.channelRead(bytes, arrived: arrived) {
            do {
                try context.channel.syncOptions?.setOption(.autoRead, value: false)
            } catch {
                self.leg.note(.note, "reading could not be paused: \(error)")
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            self.leg.channelEnded(.fin, "FIN")
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError {
            self.leg.channelEnded(.reset, error.errnoCode == ECONNRESET ? "RST" : Reason.text(ofErrno: error.errnoCode))
        } else {
            self.leg.note(.note, "\(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.leg.channelInactive()
        context.fireChannelInactive()
    }
}

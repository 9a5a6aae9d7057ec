import AgentProtocol
import NIOCore
import ProxyProtocol

/// Reads what the edge puts in front of a client's bytes: the stream header and, if the tunnel asked for one, the PROXY header.
final class StreamOpeningHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What is known once the client's own bytes begin.
    struct Opening {
        let header: ProxyStreamHeader
        let tunnel: Tunnel
        /// The PROXY header as the edge wrote it, every byte, or the agent's own.
        let proxyHeader: ByteBuffer?
        /// The first of the client's bytes.
        let payload: ByteBuffer
    }

    enum Refusal: Error {
        case unknownTunnel(id: String)
        case noProxyHeader
        case endedEarly
    }

    private enum Phase {
        case streamHeader(ProxyStreamHeaderReader)
        case proxyHeader(ProxyHeaderReader, ProxyStreamHeader, Tunnel)
        case done
    }

    private var phase = Phase.streamHeader(ProxyStreamHeaderReader())
    private var bytes = ByteBuffer()
    private let findTunnel: (String) -> Tunnel?
    private let completion: (Result<Opening, any Error>) -> Void

    init(findTunnel: @escaping (String) -> Tunnel?, completion: @escaping (Result<Opening, any Error>) -> Void) {
        self.findTunnel = findTunnel
        self.completion = completion
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var more = self.unwrapInboundIn(data)
        do {
            switch self.phase {
            case .streamHeader(var reader):
                self.bytes.writeImmutableBuffer(more)
                let progress = try reader.append(more.readableBytesView)
                self.phase = .streamHeader(reader)
                guard case .complete(let header, let length) = progress else { return }
                self.bytes.moveReaderIndex(forwardBy: length)
                guard let tunnel = self.findTunnel(header.id) else { throw Refusal.unknownTunnel(id: header.id) }
                guard tunnel.proxyHeader == .edge else {
                    let own = try tunnel.ownProxyHeader(for: header).map { ByteBuffer(bytes: $0) }
                    self.finish(Opening(header: header, tunnel: tunnel, proxyHeader: own, payload: self.bytes))
                    return
                }
                // Whatever the maximum, the edge is who writes it: the length field's own limit.
                let proxyReader = ProxyHeaderReader(maximumLength: 16 + 65_535)
                self.phase = .proxyHeader(proxyReader, header, tunnel)
                more = self.bytes
                try self.readProxyHeader(more)
            case .proxyHeader:
                self.bytes.writeImmutableBuffer(more)
                try self.readProxyHeader(more)
            case .done:
                context.fireChannelRead(data)
            }
        } catch {
            self.phase = .done
            self.completion(.failure(error))
        }
    }

    private func readProxyHeader(_ more: ByteBuffer) throws {
        guard case .proxyHeader(var reader, let header, let tunnel) = self.phase else { return }
        switch try reader.append(Array(more.readableBytesView)) {
        case .needsMore:
            self.phase = .proxyHeader(reader, header, tunnel)
        case .notAHeader:
            throw Refusal.noProxyHeader
        case .complete(_, let length):
            let proxyHeader = self.bytes.readSlice(length: length)
            self.finish(Opening(header: header, tunnel: tunnel, proxyHeader: proxyHeader, payload: self.bytes))
        }
    }

    private func finish(_ opening: Opening) {
        self.phase = .done
        self.bytes = ByteBuffer()
        self.completion(.success(opening))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .done = self.phase {
            context.fireChannelReadComplete()
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(ChannelEvent.inputClosed) = event as? ChannelEvent {
            self.end(Refusal.endedEarly)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .done = self.phase {
            context.fireErrorCaught(error)
        } else {
            self.end(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(ChannelError.eof)
        context.fireChannelInactive()
    }

    private func end(_ error: any Error) {
        if case .done = self.phase { return }
        self.phase = .done
        self.completion(.failure(error))
    }
}

/// What a stream is for: its first four bytes, big-endian. Types we do not know survive.
package struct StreamType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let auth = StreamType(rawValue: 0)
    package static let bind = StreamType(rawValue: 1)
    package static let unbind = StreamType(rawValue: 2)
    /// A client's connection, opened by the edge.
    package static let proxy = StreamType(rawValue: 3)
    package static let restart = StreamType(rawValue: 4)
    package static let stop = StreamType(rawValue: 5)
    package static let update = StreamType(rawValue: 6)
    package static let startTunnelWithLabel = StreamType(rawValue: 7)
    package static let serverInfo = StreamType(rawValue: 8)
    package static let stopTunnel = StreamType(rawValue: 9)
    package static let patchTunnelState = StreamType(rawValue: 10)
    /// Answered inside the session; no initializer ever sees it.
    package static let heartbeat = StreamType(rawValue: 0xffff_ffff)
}

extension StreamType: CustomStringConvertible {
    package var description: String {
        switch self {
        case .auth: "auth"
        case .bind: "bind"
        case .unbind: "unbind"
        case .proxy: "proxy"
        case .restart: "restart"
        case .stop: "stop"
        case .update: "update"
        case .startTunnelWithLabel: "start-tunnel-with-label"
        case .serverInfo: "server-info"
        case .stopTunnel: "stop-tunnel"
        case .patchTunnelState: "patch-tunnel-state"
        case .heartbeat: "heartbeat"
        default: "type \(self.rawValue)"
        }
    }
}

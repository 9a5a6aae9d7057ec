import NIOCore

/// How much has arrived on a TCP connection, and in how many segments, as Linux counts them.
///
/// The kernel puts segments together before anybody reads them, so that one read does not tell one write of a peer from two.
struct ArrivedSegments: Hashable, Sendable {
    let byteCount: Int
    let count: Int

    /// On the channel's event loop; `nil` where the system does not tell.
    static func of(_ channel: any Channel) -> ArrivedSegments? {
        guard let socket = channel as? any SocketOptionProvider else { return nil }
        // `struct tcp_info` of `linux/tcp.h`, of which glibc's is the older half: as far as it is needed here.
        var info: InlineArray<40, UInt32>?
        socket.unsafeGetSocketOption(level: NIOBSDSocket.OptionLevel.tcp, name: Self.tcpInfo)
            .assumeIsolated().whenSuccess { info = $0 }
        guard let info else { return nil }
        // tcpi_bytes_received (its lower half on the machines there are) and tcpi_data_segs_in.
        return ArrivedSegments(byteCount: Int(info[32]), count: Int(info[38]))
    }

    /// TCP_INFO.
    private static let tcpInfo = NIOBSDSocket.Option(rawValue: 11)
}

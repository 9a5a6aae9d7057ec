internal import NIOCore

/// Bytes that a socket has taken and its peer's kernel has not acknowledged, as Linux counts them.
enum UnacknowledgedBytes {
    /// About how many there are, and none only where there are none. On the channel's event loop.
    ///
    /// Zero too where nobody tells: a Unix socket's peer has what was written, a stream's session looks after its bytes, and
    /// on other systems a reset may overtake the last of them.
    static func count(of channel: any Channel) -> Int {
        #if os(Linux)
        guard let socket = channel as? any SocketOptionProvider else { return 0 }
        // `struct tcp_info` of `linux/tcp.h` as far as it is needed here. SIOCOUTQ would say it in one number, by a function
        // that Swift cannot call.
        var info: InlineArray<40, UInt32>?
        socket.unsafeGetSocketOption(level: NIOBSDSocket.OptionLevel.tcp, name: Self.tcpInfo)
            .assumeIsolated().whenSuccess { info = $0 }
        guard let info else { return 0 }
        // tcpi_unacked, in segments of tcpi_snd_mss, and tcpi_notsent_bytes.
        return Int(info[6]) * Int(info[4]) + Int(info[36])
        #else
        return 0
        #endif
    }

    /// TCP_INFO.
    private static let tcpInfo = NIOBSDSocket.Option(rawValue: 11)
}

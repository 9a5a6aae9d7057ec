import Addresses
import HangTesting
import NIOCore
import NIOPosix
import Testing

@Suite("Where an edge listens", .noHang)
struct ListeningTests {
    @Test("an address of IPv6 takes clients of IPv6 alone, so that one of IPv4 can stand beside it with the same port")
    func families() async throws {
        try await TestEdge.run(listening: ["[::]:0"]) { edge in
            let port = Int(try edge.client.port)
            let beside = try await ServerBootstrap(group: TestEdge.group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: "0.0.0.0", port: port).get()
            try await beside.close()
        }
    }
}

import Addresses
import HangTesting
import NIOCore
import NIOPosix
import Testing

@Suite("Where an edge listens", .noHang)
struct ListeningTests {
    @Test("an address of IPv6 takes clients of IPv6 alone, so that one of IPv4 can stand beside it with the same port")
    func families() async throws {
        // A port that is free for IPv6 may be another test's for IPv4; where IPv4 is taken by the edge none of them is free.
        var failure: (any Error)?
        for _ in 0..<20 {
            failure = nil
            _ = try await TestEdge.run(listening: ["[::]:0"]) { edge in
                let port = Int(try edge.client.port)
                do {
                    let beside = try await ServerBootstrap(group: TestEdge.group)
                        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                        .bind(host: "0.0.0.0", port: port).get()
                    try await beside.close()
                } catch {
                    failure = error
                }
            }
            if failure == nil { break }
        }
        #expect(failure == nil)
    }
}

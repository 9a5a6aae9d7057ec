import EdgeServer
import HangTesting
import NIOCore
import ProgramKit
import Testing

@Suite("An edge in trouble", .noHang)
struct TroubleTests {
    @Test("a session that dies with a thousand connections ends them all, and nothing of them is left")
    func sessionWithThousandConnections() async throws {
        // Each connection has two ends here.
        OpenFiles.raiseLimit()
        try await TestEdge.run(configuration: "deadlines: { hello: 60s, idle: 1h, half-open: 1h }") { edge in
            let agent = try await TestAgent.serving(edge, "a.shakedown.test")
            let hello = TestHello.bytes(serverName: "a.shakedown.test", offersTLS13: false)
            var clients: [TestClient] = []
            for _ in 0..<10 {
                clients += try await withThrowingTaskGroup(of: TestClient.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            let client = try await edge.connectRaw()
                            try await client.send(hello)
                            #expect(try await client.bytes(hello.count) == hello)
                            return client
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(try await edge.metrics().contains("connections_active 1000"))
            try await agent.vanish()
            // Where one of them was forgotten the test ends here, by its limit.
            for client in clients { _ = try await client.end() }
            let over = ["connections_active 0", "agent_sessions 0", "endpoints 0"]
            while try await !Set(over).isSubset(of: edge.metrics()) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}

import AgentProtocol
import EdgeEvents
import EdgeServer
import Foundation
import HangTesting
import LogTesting
import Testing

@Suite("The file of events", .noHang)
struct EventFileTests {
    private static let name = "events.shakedown.test"

    /// Whether as many events are counted as lost. Asks often, because the count comes a little later than what is counted.
    private static func hasLost(_ count: Int, _ edge: TestEdge) async throws -> Bool {
        let line = #"events_dropped_total{destination="file",reason="given_up"} \#(count)"#
        for _ in 0..<2_000 where try await edge.metrics().contains(line) { return true }
        return false
    }

    @Test("events that cannot be written are counted, and told of; then those that can be are written")
    func lost() async throws {
        let events = try await TestEdge.run { edge in
            let file = edge.folder.appending(path: "events.jsonl")
            let agent = try await TestAgent.serving(edge, Self.name)
            try FileManager.default.removeItem(at: file)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: URL(filePath: "/dev/full"))
            edge.edge.events.reopen()
            for count in 1...2 {
                try await edge.serveOne(Self.name)
                #expect(try await Self.hasLost(count, edge))
            }
            try FileManager.default.removeItem(at: file)
            edge.edge.events.reopen()
            try await edge.serveOne(Self.name)
            try await agent.vanish()
            let told = edge.log.lines.filter { $0.hasPrefix("events could not be written") }
            #expect(told.count == 1, "\(told)")
        }
        #expect(events.count == 1)
    }
}

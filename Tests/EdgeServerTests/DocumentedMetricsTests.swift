import DocumentationTesting
import EdgeCore
import EdgeServer
import HangTesting
import Testing

@Suite("Docs/edge-metrics.md", .noHang)
struct DocumentedMetricsTests {
    private static func page() throws -> String { try MarkdownPage.read("Docs/edge-metrics.md").prose }

    @Test("names every metric, with its type")
    func metrics() async throws {
        let rows = try Self.page().split(separator: "\n").filter { $0.hasPrefix("| ") }
        var count = 0
        try await TestEdge.run { edge in
            for line in try await edge.metricsText().split(separator: "\n") where line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                let name = words[2].dropFirst("shakedown_edge_".count)
                #expect(rows.contains { $0.contains("`\(name)`") && $0.contains(" | \(words[3]) | ") }, "\(name)")
                count += 1
            }
        }
        #expect(count == 19)
    }

    @Test("names every limit and every reason of a refusal, each by a word of its own")
    func labels() throws {
        let labels =
            LimitMet.allCases.map(\.label) + Refusal.Reason.allCases.map(\.label)
            + PolicyRefusal.allCases.map(\.label)
        #expect(Set(labels).subtracting(MarkdownPage.codeWords(in: try Self.page())).isEmpty)
        #expect(Set(labels).count == labels.count)
    }
}

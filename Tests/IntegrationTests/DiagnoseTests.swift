import FolderTesting
import Foundation
import Testing

@Suite("shakedown-agent diagnose")
struct DiagnoseTests {
    private static func diagnose(_ local: LocalEdge, _ flags: [String], roots: String) async throws -> Outcome {
        try await RunningProgram.run(
            Programs.path("shakedown-agent"),
            ["diagnose", "--server-addr", local.agents, "--root-cas", local.folder.path(roots)] + flags,
            in: local.folder
        )
    }

    @Test("prints each step, ends with 0, and is no agent to the edge")
    func good() async throws {
        let local = try await LocalEdge("")
        let outcome = try await Self.diagnose(local, [], roots: "ca-servers.pem")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let steps = outcome.output.split(separator: "\n").map { $0.prefix(17).trimmingCharacters(in: .whitespaces) }
        #expect(steps.prefix(5) == ["name resolution", "TCP", "TLS", "muxado", "SrvInfo"])
        #expect(outcome.output.hasSuffix("the edge at \(local.agents) can be reached\n"), "\(outcome.output)")
        #expect(!local.edge.errors.contains("agent session started"))
    }

    @Test("ends with 1 at the step that fails, with what to do, and writes the same as JSON")
    func untrusted() async throws {
        let local = try await LocalEdge("")
        let report = local.folder.file("report.json")
        let outcome = try await Self.diagnose(
            local,
            ["--json", "-w", report.path],
            roots: "upstream-server.chain.pem"
        )
        #expect(outcome.status == 1)
        #expect(
            outcome.errors == "shakedown-agent: error: the edge at \(local.agents) cannot be reached: TLS failed\n"
        )
        let data = try Data(contentsOf: report)
        #expect(Data(outcome.output.utf8) == data)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["ok"] as? Bool == false)
        let last = try #require((object["steps"] as? [[String: Any]])?.last)
        #expect(last["step"] as? String == "TLS")
        #expect((last["hint"] as? String)?.contains("--root-cas FILE") == true)
    }

    @Test("says that a report could not be written")
    func unwritten() async throws {
        let local = try await LocalEdge("")
        let outcome = try await Self.diagnose(local, ["-w", "/nowhere/report.json"], roots: "ca-servers.pem")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the report cannot be written"), "\(outcome.errors)")
    }
}

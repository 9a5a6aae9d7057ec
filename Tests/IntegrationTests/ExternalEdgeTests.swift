import DocumentationTesting
import FolderTesting
import Foundation
import Testing

/// The example of Docs/targets.md, with ports that are free.
@Suite(
    "An edge that runs already",
    .serialized,
    .enabled(if: Programs.isInstalled("haproxy"), "install haproxy")
)
struct ExternalEdgeTests {
    private let checkout: Checkout
    private let ports: ExamplePorts

    init() async throws {
        self.checkout = try Checkout()
        self.ports = try ExamplePorts(["8443", "8444", "8445", "9001", "9002", "9003", "9004", "9005", "9006"])
        for block in try MarkdownPage.read("Docs/targets.md").blocks where block.heading == "An edge that runs already"
        {
            let name = block.language == "haproxy" ? "haproxy.cfg" : "my-edge.yaml"
            _ = try self.checkout.folder.write(self.ports.replaced(in: block.text), to: name)
        }
        let minted = try await self.checkout.shell(
            """
            $shakedown certs --out . edge-server ca-clients && cp edge-server.chain.pem shop.pem \
            && cat shop.pem edge-server.key > shop.both.pem
            """
        )
        #expect(minted.status == 0, "\(minted.errors)")
    }

    private func startEdge() async throws -> RunningProgram {
        let path = try await self.checkout.shell("command -v haproxy").output
        let edge = try RunningProgram(
            path.trimmingCharacters(in: .whitespacesAndNewlines),
            ["-db", "-f", "haproxy.cfg"],
            in: self.checkout.folder,
            at: self.checkout.folder.url
        )
        let port = self.ports.replaced(in: "8443")
        let isUp = try await edge.wait { Self.isListening(port) }
        #expect(isUp, "\(edge.errors)")
        return edge
    }

    /// Whether somebody listens at a port of 127.0.0.1, as the kernel lists it.
    private static func isListening(_ port: String) -> Bool {
        let number = String(Int(port) ?? 0, radix: 16, uppercase: true)
        let text = try? FileHandle(forReadingAtPath: "/proc/net/tcp")?.readToEnd()
        return String(decoding: text ?? Data(), as: UTF8.self).contains("0100007F:\(number) 00000000:0000 0A")
    }

    private func run(_ scenarios: String...) async throws -> Outcome {
        try await self.checkout.run(["run", "--target", "./my-edge.yaml", "--quiet"] + scenarios)
    }

    @Test("the documented example runs, and the edge goes on when the run is over")
    func example() async throws {
        let edge = try await self.startEdge()
        let outcome = try await self.run(
            "routing.exact",
            "closing.client-half-close",
            "framing.records.split",
            "mutual-tls.accepted",
            "mutual-tls.refused"
        )
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let results = try self.checkout.latestRun().results
        func outcomes(_ prefix: String) -> Set<String> {
            Set(results.filter { $0.testCase.id.hasPrefix(prefix) }.map(\.verdict.outcome))
        }
        #expect(outcomes("routing.exact[role=passthrough") == ["pass"])
        #expect(outcomes("closing.client-half-close[role=passthrough") == ["pass"])
        #expect(outcomes("closing.client-half-close[role=edge") == ["pass"])
        #expect(outcomes("mutual-tls.accepted[role=edge") == ["pass"])
        #expect(outcomes("mutual-tls.refused[role=edge").isSubset(of: ["pass", "pass-lenient", "informational"]))
        #expect(outcomes("mutual-tls.refused[role=edge").contains("pass"))
        #expect(outcomes("framing.records.split[role=passthrough").contains("fail"), "of HAProxy it is known")
        #expect(outcomes("routing.exact[role=agent") == ["unsupported"])
        #expect(edge.process.isRunning)
        edge.process.terminate()
        _ = try await edge.end()
    }

    @Test("an edge that leads strangers to the decoy, and one that lets in whoever shows no certificate, fail")
    func planted() async throws {
        let file = self.checkout.folder.file("haproxy.cfg")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing("    use_backend decoy if", with: "    default_backend decoy\n    use_backend decoy if")
            .replacing("verify required", with: "verify optional")
            .write(to: file, atomically: true, encoding: .utf8)
        let edge = try await self.startEdge()
        let outcome = try await self.run("routing.unknown-name", "mutual-tls.refused")
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        let results = try self.checkout.latestRun().results
        func failed(_ prefix: String) -> [String] {
            results.filter { $0.testCase.id.hasPrefix(prefix) && $0.verdict.outcome == "fail" }.map(\.verdict.summary)
        }
        let strangers = failed("routing.unknown-name[role=passthrough")
        #expect(strangers.contains { $0.contains("on decoy") }, "\(strangers)")
        #expect(!failed("mutual-tls.refused[role=edge").isEmpty)
        edge.process.terminate()
        _ = try await edge.end()
    }

    @Test(
        "an edge that is not there, a port that is taken, an edge that leads elsewhere: each is told in words that help"
    )
    func troubles() async throws {
        let absent = try await self.run("routing.exact")
        #expect(absent.status == 64, "\(absent.output)")
        #expect(absent.errors.contains("My edge cannot be reached at 127.0.0.1:"), "\(absent.errors)")
        #expect(absent.errors.contains("connection refused"), "\(absent.errors)")

        let edge = try await self.startEdge()
        let file = self.checkout.folder.file("my-edge.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        func rewrite(_ port: String, as other: String) throws {
            try text.replacing(":\(self.ports.replaced(in: port))\"", with: ":\(other)\"")
                .write(to: file, atomically: true, encoding: .utf8)
        }
        try rewrite("9002", as: self.ports.replaced(in: "8444"))
        let busy = try await self.run("routing.exact")
        #expect(busy.status == 64, "\(busy.output)")
        #expect(busy.errors.contains("the upstream of b.example.test cannot listen at 127.0.0.1:"), "\(busy.errors)")

        try rewrite("9004", as: ExamplePorts(["9004"]).replaced(in: "9004"))
        let lost = try await self.run("routing.exact")
        #expect(lost.status == 1, "\(lost.output)\(lost.errors)")
        #expect(
            lost.output.contains("the first control exchange failed: control[alive.example.test]"),
            "\(lost.output)"
        )
        #expect(lost.output.contains("see whether the edge leads alive.example.test (passthrough) to its upstream"))
        edge.process.terminate()
        _ = try await edge.end()
    }
}

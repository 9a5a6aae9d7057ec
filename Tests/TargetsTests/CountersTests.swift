import Addresses
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@testable import Targets

@Suite("Counters that a target may not have")
struct CountersTests {
    /// A target that tells this, of which its file says that these are its counters.
    private static func ask(
        _ counters: String,
        whereItTells texts: [String],
        _ body: (RunningTarget) throws -> Void
    ) async throws {
        let answers = texts.map { "HTTP/1.1 200 OK\r\nContent-Length: \($0.utf8.count)\r\n\r\n\($0)" }
        try await withTemporaryFolder { folder in
            try await Answerer(answers, andEnds: true).serve { address in
                let yaml = """
                    title: Scripted edge
                    programs: { sh: { install: get a shell } }
                    probes: { version: { program: sh, arguments: [], pattern: x } }
                    features: [role.passthrough]
                    deadlines: { hello: 3 }
                    metrics: { url: "http://\(address)/metrics", counters: \(counters) }
                    processes:
                      edge: { program: sh, serves: edge, templates: {}, arguments: [], ready: connect }
                    """
                let launcher = Launcher(
                    definition: try Fixture.scripted(yaml, in: folder),
                    deployment: Fixture.deployment(in: folder, [Fixture.plan("a.shakedown.test")]),
                    supervisor: []
                )
                try body(RunningTarget(launcher: launcher, addresses: [address], keepsWorkDirectory: true))
            }
        }
    }

    private static let text = "# TYPE taken_total counter\nopen{side=\"client\"} 0\n"

    @Test("a name that the target never told of is no count of 0, but an error that says where it stands")
    func misspelt() async throws {
        try await Self.ask("{ accepted: takn_total, active: open }", whereItTells: [Self.text]) { target in
            #expect(try target.counters() == [.accepted: 0, .active: 0])
            try target.vouch(for: [.active])
            let error = try #require(throws: TargetError(.unknownMetric, "")) {
                try target.vouch(for: [.accepted, .active])
            }
            #expect(
                error.message == "metrics.counters.accepted in scripted/target.yaml is 'takn_total', of which "
                    + "Scripted edge never told"
            )
        }
    }

    @Test("one of several that are added up may be misspelt too")
    func oneOfSeveral() async throws {
        try await Self.ask("{ accepted: [taken_total, opn] }", whereItTells: [Self.text]) { target in
            _ = try target.counters()
            #expect(throws: TargetError(.unknownMetric, "")) { try target.vouch(for: [.accepted]) }
        }
    }

    @Test("what is announced, or has other labels, has counted nothing yet")
    func nothingYet() async throws {
        let counters = "{ accepted: taken_total, active: 'open{side=\"upstream\"}' }"
        try await Self.ask(counters, whereItTells: [Self.text]) { target in
            #expect(try target.counters() == [.accepted: 0, .active: 0])
            try target.vouch(for: [.accepted, .active])
        }
    }

    @Test("what is told of only once it has counted is known from then on", arguments: [[1, 0], [0, 1], [0, 1, 0]])
    func later(_ told: [Int]) async throws {
        let texts = told.map { $0 == 1 ? "taken_total 1\n" : "" }
        try await Self.ask("{ accepted: taken_total }", whereItTells: texts) { target in
            for count in told { #expect(try target.counters() == [.accepted: count]) }
            try target.vouch(for: [.accepted])
        }
    }
}

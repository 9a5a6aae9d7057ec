import Foundation
import ProcessTesting
import ScenarioModel
import Testing

@testable import Targets

/// The rendered configurations of four endpoints, held to files that were read by a person and loaded by the edges.
/// `SHAKEDOWN_UPDATE_GOLDEN=1` writes them anew.
@Suite("Rendered configurations")
struct GoldenConfigurationTests {
    static let plans = [
        Fixture.plan("*.wild.shakedown.test"),
        Fixture.plan(
            "plain.shakedown.test",
            hasOwnAgent: true,
            allow: ["127.0.0.0/8", "::1/128"],
            deny: ["127.0.0.66/32"],
            proxyProtocol: 1
        ),
        Fixture.plan("mutual.shakedown.test", .edge, mutualTLS: ["ca-clients"], allow: ["127.0.0.1/32"]),
        Fixture.plan("verified.shakedown.test", .reEncrypt, verification: .against(ca: "ca-servers")),
    ]

    @Test("are what the golden files say", arguments: ["haproxy", "nginx", "reference"])
    func golden(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let definition = try Fixture.definition(of: name)
            let deployment = Fixture.deployment(in: URL(filePath: "/work-folder"), Self.plans)
            var values = TemplateValues(
                deployment,
                definition: definition,
                token: "secret",
                machine: TemplateValues.Machine(user: "root", maximumConnections: 8_000)
            )
            values.set(port: 20_443)
            values.add(["agents": "127.0.0.1:20444"], ofProcess: "edge")
            let writer = ConfigurationWriter(definition: definition, directory: folder)
            for plan in definition.description.processes where plan.serves != .ownAgent {
                let instance = plan.serves == .edge ? "edge" : "shared"
                let served = { (endpoint: EndpointPlan) in plan.serves == .edge || endpoint.usesSharedAgent }
                try writer.write(
                    plan.templates,
                    values: values.forInstance(instance, where: served, of: deployment)
                )
            }
            try Self.compare(
                folder,
                with: URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "Golden/\(name)")
            )
        }
    }

    static func compare(_ folder: URL, with golden: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(!files.isEmpty)
        if ProcessInfo.processInfo.environment["SHAKEDOWN_UPDATE_GOLDEN"] != nil {
            try? FileManager.default.removeItem(at: golden)
            try FileManager.default.copyItem(at: folder, to: golden)
        }
        #expect(files == (try FileManager.default.contentsOfDirectory(atPath: golden.path).sorted()))
        for file in files {
            let rendered = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let expected = try String(contentsOf: golden.appending(path: file), encoding: .utf8)
            #expect(rendered == expected, "\(file)")
        }
    }

    @Test("quotes and backslashes in a value stay inside its quotes")
    func quoting() throws {
        QuotedText.register()
        let text = try ConfigurationWriter.render(
            "{{% CONTENT_TYPE:QUOTED}}\n\"{{path}}\"",
            values: ["path": #"/a "b"\c"#],
            name: "t"
        )
        #expect(text == #""/a \"b\"\\c""#)
    }

    @Test("a template that is no template says which one")
    func badTemplate() throws {
        let error = try #require(throws: TargetError.self) {
            try ConfigurationWriter.render("{{#open}}", values: [:], name: "x/y.mustache")
        }
        #expect(error.code == .badTemplate)
        #expect(error.description.hasPrefix("the template x/y.mustache is wrong: "))
    }
}

import ClientPrograms
import ConfigurationFiles
import DocumentationTesting
import FolderTesting
import Foundation
import ScenarioModel
import Testing

@Suite("Clients as data")
struct ClientRosterTests {
    private static let sample = """
        title: Sample
        kind: tool
        programs: { no-such-program-here: { install: "apt-get install sample" } }
        version: { program: no-such-program-here, arguments: [--version], pattern: "([0-9.]+)" }
        abilities: [no-name, only-1.2]
        connect:
          program: no-such-program-here
          arguments: ["{{host}}:{{port}}", { when: name, then: ["{{name}}"] }, "{{variant.arguments}}"]
        variants:
          plain: {}
          old: { arguments: [--old], lacks: [no-name] }

        """

    /// A roster of clients by their names.
    private func roster(_ files: [String: String]) throws -> ClientRoster {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let place = folder.file(name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place.appending(path: "client.yaml"))
        }
        return try ClientRoster(directory: folder.url)
    }

    @Test("every client of the catalogue can be read, and has a name of its own")
    func catalogue() throws {
        let roster = try ClientRoster(directory: MarkdownPage.root.appending(path: "Scenarios/Clients"))
        #expect(Set(roster.names).count == roster.names.count)
        #expect(roster.names.contains("openssl-default"))
        #expect(try roster.select("all") == Set(roster.names))
    }

    @Test(
        "a selection takes kinds, folders, names and globs, and takes away",
        arguments: [
            ("all", ["a-plain", "a-old", "b-plain", "b-old"]), ("tool", ["a-plain", "a-old", "b-plain", "b-old"]),
            ("a", ["a-plain", "a-old"]), ("*-old", ["a-old", "b-old"]), ("a,b-plain", ["a-plain", "a-old", "b-plain"]),
            ("all,-b", ["a-plain", "a-old"]), ("-a", ["b-plain", "b-old"]),
        ]
    )
    func selects(_ selection: String, _ names: [String]) throws {
        let roster = try self.roster(["a": Self.sample, "b": Self.sample])
        #expect(try roster.select(selection) == Set(names))
    }

    @Test("a word that takes nothing is an error", arguments: ["opensll", "browser", "a,c", "all,-all"])
    func selectsNothing(_ selection: String) throws {
        let roster = try self.roster(["a": Self.sample])
        #expect(throws: ClientProgramError.self) { try roster.select(selection) }
    }

    @Test("a client whose program is not here says how to get it, and is asked for nothing")
    func missing() throws {
        let client = try #require(try self.roster(["a": Self.sample]).find(installDirectory: .temporaryDirectory).first)
        let obstacle = try #require(client.obstacle(to: ClientPlan(engine: .program, serverName: "a.test")))
        #expect(obstacle.contains("no-such-program-here is not installed"))
        #expect(obstacle.contains("apt-get install sample"))
    }

    @Test("what a file does not promise is not asked, nor what a variant lacks")
    func abilities() throws {
        let present = Self.sample.replacing("no-such-program-here", with: "sh")
            .replacing("arguments: [--version]", with: "arguments: [-c, echo 1.0]")
        let clients = try self.roster(["a": present]).find(installDirectory: .temporaryDirectory)
        let nameless = ClientPlan(engine: .program, serverName: nil)
        var withCertificate = ClientPlan(engine: .program, serverName: "a.test")
        withCertificate.certificate = "client-good"
        for client in clients {
            let isOld = client.name == "a-old"
            #expect((client.obstacle(to: nameless) != nil) == isOld)
            #expect(client.obstacle(to: withCertificate)?.contains("certificate") == true)
            #expect(client.obstacle(to: ClientPlan(engine: .program, serverName: "a.test")) == nil)
        }
    }

    @Test(
        "a mistake is told with its place",
        arguments: [
            ("{{port}}", "{{prot}}", "there"), ("kind: tool", "kind: tol", "one of"),
            ("abilities: [no-name", "abilities: [no-nam", "one of"), ("{ when: name", "{ when: nam", "one of"),
            ("lacks: [no-name]", "lacks: [alpn]", "no ability"),
            ("  program: no-such", "  program: other-such", "has no"),
            ("title: Sample", "titel: Sample", "titel"),
        ]
    )
    func mistakes(_ right: String, _ wrong: String, _ words: String) throws {
        let text = Self.sample.replacing(right, with: wrong, maxReplacements: 1)
        try #require(text != Self.sample)
        let error = try #require(throws: ConfigurationError.self) { _ = try self.roster(["a": text]) }
        #expect("\(error)".contains("Clients/a/client.yaml:"))
        if words != "there" { #expect("\(error)".contains(words)) }
    }

    @Test(
        "what stacks say of an alert is understood",
        arguments: [
            ("error: SSL alert number 112", UInt8(112)), ("tlsv13 alert certificate required in the end", 116),
            ("received fatal alert: UnrecognisedName", 112), ("SSL_ERROR_BAD_CERT_ALERT", 42), ("all is well", nil),
        ]
    )
    func alerts(_ output: String, _ code: UInt8?) throws {
        let says = """
            says:
              alert-number: "alert number ([0-9]+)"
              alert-name: ["tlsv13 alert ([a-z ]+)", "fatal alert: ([A-Za-z]+)"]
              alerts: { bad_certificate: BAD_CERT_ALERT }
              not-verified: "verify failed"

            """
        let roster = try self.roster(["a": Self.sample + says])
        let words = try #require(roster.find(installDirectory: .temporaryDirectory).first).words
        #expect(words.alert(in: output) == code)
        #expect(words.tellsNotVerified(output) == false)
        #expect(words.tellsNotVerified("certificate verify failed"))
    }
}

import CertificateRecipes
import FolderTesting
import Foundation
import ProcessTesting
import Testing

@testable import Targets

@Suite("Searching what a target wrote for secrets")
struct SecretSearchTests {
    private static let token = "4q8s1x0z7fh2k3w9m5vb6c"

    private func findings(in text: String, keys: [String: String] = [:]) throws -> [String] {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "edge.log")
            try Data(text.utf8).write(to: file)
            var search = SecretSearch()
            search.add(Self.token, name: "the token")
            for (name, key) in keys { search.add(keyPEM: key, name: name) }
            return search.findings(in: file, called: "edge.log")
        }
    }

    @Test("a secret is found in every spelling, with its line, and is not shown")
    func spellings() throws {
        #expect(try self.findings(in: "a\nb\nauth=\(Self.token)\n\(Self.token)") == ["edge.log:3 has the token"])
        for before in ["", "x", "xy", "xyz"] {
            let encoded = Data("\(before)\(Self.token)\(before)".utf8).base64EncodedString()
            #expect(try self.findings(in: "\n\(encoded)") == ["edge.log:2 has the token"], "\(before)")
        }
        #expect(try self.findings(in: "auth=\(Self.token.dropLast())") == [])
        #expect(try self.findings(in: "") == [])
    }

    @Test("a file that was removed since it was listed tells nothing, and one that cannot be read is told")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            var search = SecretSearch()
            search.add(Self.token, name: "the token")
            let gone = folder.appending(path: "edge.db-wal")
            #expect(search.findings(in: gone, called: "edge.db-wal") == [])
            // A folder can be opened like a file, and not be read; a file that is nobody's to read is, as root, everybody's.
            #expect(
                search.findings(in: folder, called: "state") == [
                    "state cannot be searched for secrets: is a directory"
                ]
            )
            try Data().write(to: folder.appending(path: "file"))
            let below = search.findings(in: folder.appending(path: "file/below"), called: "below")
            #expect(below == ["below cannot be searched for secrets: not a directory"])
        }
    }

    @Test("it is found across the pieces in which a large file is read", arguments: [-30, -22, -10, -1, 0])
    func pieces(offset: Int) throws {
        let filler = String(repeating: "0123456789abcde\n", count: (1 << 20) / 16).prefix((1 << 20) + offset)
        let text = filler + Self.token + "\n"
        let line = text.count { $0 == "\n" }
        #expect(try self.findings(in: String(text)) == ["edge.log:\(line) has the token"])
    }

    @Test(
        "private keys are found, and what is public of them is not",
        arguments: ["edge-server", "server-rsa", "client-ed25519"]
    )
    func keys(recipe: String) throws {
        let minted = try Mint(book: RecipeBook(directory: Fixture.recipes), domain: "shakedown.test").credential(
            for: recipe
        )
        let keys = [recipe: minted.keyPEM]
        let whole = minted.keyPEM.replacing("\n", with: "\\n")
        #expect(try self.findings(in: "k=\"\(whole)\"", keys: keys) == ["edge.log:1 has \(recipe)"])
        let encoded = Data(minted.keyPEM.utf8).base64EncodedString()
        #expect(try self.findings(in: "{\"key\":\"\(encoded)\"}", keys: keys) == ["edge.log:1 has \(recipe)"])
        let body = minted.keyPEM.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        let digits = try #require(Data(base64Encoded: body)).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }
            .joined()
        #expect(try self.findings(in: digits, keys: keys) == ["edge.log:1 has \(recipe)"])
        #expect(try self.findings(in: minted.chainPEM, keys: keys) == [])
    }

    @Test("of a target's folder its logs, its events and files of its own are searched, and not what it was given")
    func target() async throws {
        try await withTemporaryFolder { folder in
            let work = folder.appending(path: "work")
            try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
            let given = folder.appending(path: "given.mustache")
            try Data("token: {{token}}\n".utf8).write(to: given)
            let script = #"""
                echo "{\"listen\":[\"127.0.0.1:9\"]}" > ready.new; mv ready.new ready.json; mkdir state; grep -o "[^ ]*$" given > state/db; echo "{{apiKey}}" > "{{stateDirectory}}/kept";
                echo started; cat given; echo "{{token}}" > events.jsonl; exec sleep 60
                """#.replacing("\n", with: " ")
            let yaml = """
                title: Scripted edge
                programs: { sh: { install: get a shell } }
                probes: { version: { program: sh, arguments: [], pattern: x } }
                features: [role.passthrough, events]
                deadlines: {}
                processes:
                  edge:
                    program: sh
                    serves: edge
                    templates: { given.mustache: given }
                    arguments: [-c, '\(script)']
                    ready: { file: ready.json }
                    stop: { grace: 1 }
                    events: events.jsonl
                """
            var deployment = Fixture.deployment(in: work, [Fixture.plan("a.shakedown.test")])
            deployment.stateDirectory = folder.appending(path: "a-state")
            try FileManager.default.createDirectory(at: deployment.stateDirectory, withIntermediateDirectories: true)
            let target = try await Targets.start(
                try Fixture.scripted(yaml, in: folder),
                deployment,
                supervisor: ProcessTesting.supervisor,
                keepsWorkDirectory: true
            )
            let expected = [
                "kept:1 has the API key", "edge-edge.log:2 has the agents' authtoken",
                "events.jsonl:1 has the agents' authtoken",
                "state/db:1 has the agents' authtoken",
            ]
            #expect(await eventually { target.leaks(of: [:]) == expected })
            await target.stop()
        }
    }
}

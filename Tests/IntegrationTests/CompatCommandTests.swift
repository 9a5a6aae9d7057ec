import FolderTesting
import Foundation
import Testing

@Suite("Targets side by side", .serialized)
struct CompatCommandTests {
    private let checkout: Checkout

    init() throws {
        self.checkout = try Checkout()
        // Two targets that every machine has, and one that none has.
        let targets = self.checkout.folder.file("Scenarios/Targets")
        for name in try FileManager.default.contentsOfDirectory(atPath: targets.path) where name != "reference" {
            try FileManager.default.removeItem(at: targets.appending(path: name))
        }
        try self.write("Scenarios/Targets/twin/target.yaml", "extends: reference\ntitle: Twin\n")
        try self.write("Scenarios/Targets/ghost/x.mustache", "{{% CONTENT_TYPE:TEXT}}\n# nothing\n")
        try self.write(
            "Scenarios/Targets/ghost/target.yaml",
            """
            title: Ghost
            programs: { no-such-program: { install: "get it somewhere" } }
            probes: { version: { program: no-such-program, arguments: [-v], pattern: ".+" } }
            features: [role.edge]
            deadlines: {}
            processes:
              edge: { program: no-such-program, serves: edge, templates: { x.mustache: x }, arguments: [], ready: connect }

            """
        )
    }

    private func write(_ name: String, _ text: String) throws {
        let file = self.checkout.folder.file(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    /// What the tests want to know of compatibility.json.
    private struct Written: Decodable {
        struct Column: Decodable { var id: String }
        struct Absent: Decodable {
            var name: String
            var state: String
            var remedy: String?
        }
        struct Changes: Decodable {
            struct Column: Decodable { var unchangedCount: Int }
            var columns: [Column]
        }
        var columns: [Column]
        var absent: [Absent]
        var rows: [Row]
        var changes: Changes?
        struct Row: Decodable {
            var cases: [String]
            var cells: [String?]
        }
    }

    private func written(in folder: String) throws -> Written {
        let data = try Data(contentsOf: self.checkout.folder.file("\(folder)/compatibility.json"))
        return try JSONDecoder().decode(Written.self, from: data)
    }

    @Test("what is here is run, what is not here is told with how to get it, and the scores go where they are wanted")
    func runsWhatIsHere() async throws {
        let marks = "<!-- compatibility: begin -->\nold\n<!-- compatibility: end -->"
        try self.write("README.md", "# Mine\n\n\(marks)\n\nThe end.\n")
        let outcome = try await self.checkout.run([
            "compat", "routing.exact", "--publish", "Published", "--summary-into", "README.md",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("shakedown: Twin ") && outcome.errors.contains(", 2 of 2\n"),
            "\(outcome.errors)"
        )
        #expect(outcome.output.contains("Ghost: not here: "), "\(outcome.output)")

        let written = try self.written(in: "Published")
        #expect(written.columns.map(\.id) == ["reference", "twin"])
        #expect(written.absent.map(\.name) == ["ghost"])
        #expect(written.absent[0].state == "not-here")
        #expect(written.absent[0].remedy?.contains("get it somewhere") == true)
        #expect(written.rows.count == 1)
        #expect(written.rows[0].cells.allSatisfy { $0?.allSatisfy { $0 == "p" } == true })
        #expect(written.rows[0].cells.allSatisfy { $0?.count == written.rows[0].cases.count })

        let readme = try String(contentsOf: self.checkout.folder.file("README.md"), encoding: .utf8)
        #expect(readme.hasPrefix("# Mine\n\n<!-- compatibility: begin -->\n| target |"), "\(readme)")
        #expect(readme.hasSuffix("<!-- compatibility: end -->\n\nThe end.\n"), "\(readme)")
        #expect(readme.contains("](Published/compatibility.md)"), "\(readme)")

        let latest = self.checkout.reports.appending(path: "latest")
        for name in [
            "compatibility.html", "compatibility.md", "badges/twin-musts.svg", "twin/run.json", "twin/report.html",
        ] {
            #expect(FileManager.default.fileExists(atPath: latest.appending(path: name).path), "\(name)")
        }
        let published = try FileManager.default.contentsOfDirectory(
            atPath: self.checkout.folder.file("Published").path
        )
        #expect(published.sorted() == ["badges", "compatibility.html", "compatibility.json", "compatibility.md"])
        let page = try String(contentsOf: self.checkout.folder.file("Published/compatibility.html"), encoding: .utf8)
        #expect(!page.contains(self.checkout.folder.url.path), "no folder of the machine is published")

        let again = try await self.checkout.run([
            "compat", "--from", "Reports/latest", "--compare", "Published", "--report", "page", "--quiet",
        ])
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.isEmpty, "\(again.errors)")
        #expect(
            try self.written(in: "page").changes?.columns.map(\.unchangedCount)
                == Array(repeating: written.rows[0].cases.count, count: 2)
        )
    }

    @Test("a target that was named and is not here ends with 64, before anything is run")
    func namedAndMissing() async throws {
        let outcome = try await self.checkout.run(["compat", "--targets", "reference,ghost", "routing.exact"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("no-such-program"), "\(outcome.errors)")
        #expect(self.checkout.runs.isEmpty)
    }

    @Test("a target that refuses its configuration keeps no other from the page, which says why")
    func brokenTarget() async throws {
        try self.write(
            "Scenarios/Targets/ghost/target.yaml",
            """
            title: Ghost
            programs: { sh: { install: "it is there" } }
            probes: { version: { program: sh, arguments: [-c, "echo 7"], pattern: "7" } }
            features: [role.edge]
            deadlines: {}
            processes:
              edge:
                { program: sh, serves: edge, templates: { x.mustache: x }, arguments: [-c, "echo broken; exit 1"], ready: connect }

            """
        )
        let outcome = try await self.checkout.run([
            "compat", "--targets", "ghost,twin", "routing.exact", "--report", "page", "--quiet",
        ])
        #expect(outcome.status != 0)
        let written = try self.written(in: "page")
        #expect(written.columns.map(\.id) == ["twin"])
        #expect(written.absent.map(\.state) == ["failed-to-run"])
        #expect(outcome.output.contains("Ghost 7: could not be run: sh ended with status 1"), "\(outcome.output)")
    }

    @Test("Ctrl-C still writes the page of what there is, and says which target is missing")
    func interrupted() async throws {
        let program = try self.checkout.start([
            "compat", "--targets", "reference,twin", "silence.*", "--report", "page",
        ])
        let isUnderWay = try await program.wait { self.checkout.children.count >= 3 }
        #expect(isUnderWay, "\(program.errors)")
        kill(program.process.processIdentifier, SIGINT)
        let outcome = try await program.end()
        #expect(outcome.status == 1, "\(outcome.errors)")
        let written = try self.written(in: "page")
        #expect(written.columns.map(\.id) == ["reference"])
        #expect(written.absent.map(\.name) == ["twin"])
        #expect(written.absent.map(\.state) == ["not-run"])
        #expect(outcome.output.contains("The run was interrupted"), "\(outcome.output)")
        #expect(try self.checkout.leftovers.isEmpty)
        #expect(self.checkout.children.isEmpty)
    }

    @Test("the second Ctrl-C leaves at once, and the page is there")
    func leaves() async throws {
        let program = try self.checkout.start(["compat", "--targets", "reference", "silence.*", "--report", "page"])
        let isUnderWay = try await program.wait { self.checkout.children.count >= 3 }
        #expect(isUnderWay, "\(program.errors)")
        kill(program.process.processIdentifier, SIGINT)
        let isStopping = try await program.wait { program.errors.contains("stopping") }
        #expect(isStopping)
        kill(program.process.processIdentifier, SIGINT)
        let outcome = try await program.end()
        #expect([1, 130].contains(outcome.status), "\(outcome.errors)")
        #expect(try self.written(in: "page").columns.map(\.id) == ["reference"])
        #expect(try await self.checkout.waitUntilChildless())
    }

    @Test("parts of a run are one column; of two runs of the same cases the newest counts")
    func existingRuns() async throws {
        for number in 1...2 {
            let part = try await self.checkout.run([
                "run", "names.longest*", "--shard", "\(number)/2", "--report", "runs/part-\(number)", "--quiet",
            ])
            #expect(part.status == 0, "\(part.output)\(part.errors)")
        }
        var outcome = try await self.checkout.run(["compat", "--from", "runs", "--report", "page"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let whole = try self.written(in: "page")
        #expect(whole.columns.map(\.id) == ["reference"])
        #expect(whole.rows.flatMap(\.cells).allSatisfy { $0?.contains(".") == false })

        outcome = try await self.checkout.run(["run", "names.longest", "--report", "runs/again", "--quiet"])
        #expect(outcome.status == 0)
        outcome = try await self.checkout.run(["compat", "--from", "runs", "--report", "page", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("is left out: a newer run of reference has some of its cases"),
            "\(outcome.errors)"
        )
        #expect(try JSONDecoder().decode(Written.self, from: Data(outcome.output.utf8)).columns.count == 1)
    }

    @Test(
        "wrong use ends with 64 and says what to do",
        arguments: [
            (["--from", "nowhere"], "there is no run at nowhere"),
            (["--from", "Scenarios"], "there is no run at Scenarios"),
            (["--from", "x", "--targets", "reference"], "leave out --targets"),
            (["--from", "x", "--seed", "1"], "leave out --seed"),
            (["--targets", "reference,reference"], "names one of them twice"),
            (["--targets", "reference,,twin"], "one comma between two"),
            (["--targets", "referense"], "did you mean 'reference'?"),
            (["--summary-into", "Certs/README.md"], "cannot be read"),
            (["--summary-into", "Scenarios/Targets/twin/target.yaml"], "has no place for the scores"),
            (["--compare", "nowhere.json"], "cannot be read"),
            (["no.such.scenario"], "`shakedown list`"),
        ]
    )
    func wrongUse(arguments: [String], message: String) async throws {
        let outcome = try await self.checkout.run(["compat"] + arguments)
        #expect(outcome.status == 64, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(self.checkout.runs.isEmpty)
    }
}

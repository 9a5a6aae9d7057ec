import ConfigurationFiles
import FolderTesting
import Foundation
import ProgramKit
import ScenarioModel
import Testing
import Verdicts

@testable import Targets

@Suite("A waiver file that is changed")
struct WaiverTextTests {
    private static let before = """
        # Known failures.
        - cases: "a.one[*]"   # all of them
          outcome: fail
          checks: [route, bytes]   # and no others
          # Somebody looked at it.
          reason: one record only
          expires: 2027-06-30

        # About the second.
        - cases: b.two[*]
          outcome: fail
          checks:
            - alert
            - ending
          reason: "it says: nothing"
          link: https://example.org/2
          expires: 2027-06-30
        # About the third.
        - cases: "c.three[*]"
          outcome: hang
          checks: [within]
          reason: slow
          expires: 2027-06-30
          versions: ">=2"

        """

    private func apply(
        _ make: (Waivers) -> WaiverUpdate,
        to text: String = Self.before,
        reason: String? = nil
    ) throws -> String {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "waivers.yaml")
            try Data(text.utf8).write(to: file)
            let waivers = try Waivers.load(file, version: "2.6", now: WaiversTests.now)
            var changed = try WaiverText(file, now: WaiversTests.now)
            try changed.apply(make(waivers), reason: reason, version: "2.6")
            try changed.write()
            return try String(contentsOf: file, encoding: .utf8)
        }
    }

    @Test("what goes takes its own lines along, and nothing of its neighbours")
    func removes() throws {
        let after = try self.apply { WaiverUpdate(removed: [$0.entries[1]]) }
        let lines = Self.before.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(after.split(separator: "\n", omittingEmptySubsequences: false) == Array(lines[..<9] + lines[17...]))
    }

    @Test("what is narrowed keeps its comments, its reason and its place")
    func narrows() throws {
        let after = try self.apply { waivers in
            WaiverUpdate(narrowed: [
                .init(
                    waiver: waivers.entries[0],
                    parts: [
                        .init(cases: "a.one[role=edge,*]", checks: ["route"]),
                        .init(cases: "a.one[*x=\"1\"]", checks: ["route"]),
                    ]
                ),
                .init(waiver: waivers.entries[1], parts: [.init(cases: "b.two[*]", checks: ["ending"])]),
            ])
        }
        let entry = """
              outcome: fail
              checks: [route]   # and no others
              # Somebody looked at it.
              reason: one record only
              expires: 2027-06-30

            """
        let copies =
            "# Known failures.\n- cases: \"a.one[role=edge,*]\"   # all of them\n\(entry)"
            + "- cases: \"a.one[*x=\\\"1\\\"]\"   # all of them\n\(entry)\n# About the second.\n"
        #expect(after.hasPrefix(copies), "\(after)")
        #expect(after.contains("  checks:\n    - ending\n  reason: \"it says: nothing\""), "\(after)")
        #expect(after.hasSuffix(Self.before.split(separator: "# About the third.")[1]), "\(after)")
    }

    private static let addition = WaiverUpdate.Addition(
        cases: "d.four[role=edge,*]",
        outcome: .fail,
        checks: ["route", "never any-contacted"],
        seen: "expected \"a\" and\nmore",
        count: 2
    )

    @Test("what is added is refused until somebody has said why it fails")
    func adds() throws {
        let after = try self.apply { _ in WaiverUpdate(added: [Self.addition]) }
        #expect(after.hasPrefix(Self.before.trimmingCharacters(in: .newlines)))
        let error = try #require(throws: ConfigurationError.self) { try WaiversTests.read(after) }
        #expect("\(error)".contains("the reason of this waiver is still to be given"), "\(error)")
        let filled = after.replacing(#/FILL IN: .*"$/#.anchorsMatchLineEndings(), with: "it is so\"")
        let waiver = try #require(try WaiversTests.read(filled).matching("d.four[role=edge,x=1]").first)
        #expect(waiver.checks == ["route", "never any-contacted"])
        #expect(waiver.expires == "2027-05-22", "half a year")
        let explained = try self.apply({ _ in WaiverUpdate(added: [Self.addition]) }, reason: "a \"known\" bug")
        #expect(try WaiversTests.read(explained).matching("d.four[role=edge,x=1]").first?.reason == "a \"known\" bug")
    }

    @Test("a file that is not there, or has none left, is a list all the same")
    func empty() throws {
        #expect(
            try self.apply(
                { WaiverUpdate(removed: $0.entries) },
                to: "- { cases: a, outcome: fail, checks: [route], reason: r, expires: 2027-06-30 }\n"
            ) == "[]\n"
        )
        try withTemporaryFolder { folder in
            var text = try WaiverText(folder.appending(path: "waivers.yaml"), now: WaiversTests.now)
            try text.apply(WaiverUpdate(added: [Self.addition]), reason: "so", version: "1")
            #expect(try WaiversTests.read(text.text).entries.count == 1)
        }
    }

    @Test("an entry that is written in another way is left to a person, and nothing is changed")
    func flow() throws {
        let text = "- { cases: \"a[*]\", outcome: fail, checks: [route, bytes], reason: r, expires: 2027-06-30 }\n"
        let complaint = try #require(throws: Complaint.self) {
            try self.apply(
                {
                    WaiverUpdate(narrowed: [
                        .init(waiver: $0.entries[0], parts: [.init(cases: "a[x=1]", checks: ["route"])])
                    ])
                },
                to: text
            )
        }
        #expect(complaint.message.contains("waivers.yaml:1"))
        #expect(complaint.message.contains("nothing was changed"))
    }
}

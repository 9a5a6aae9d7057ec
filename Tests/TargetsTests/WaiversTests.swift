import ConfigurationFiles
import Foundation
import ScenarioModel
import Testing
import Verdicts

@testable import Targets

@Suite("Waivers")
struct WaiversTests {
    /// 2026-11-23 12:00 UTC.
    static let now = Date(timeIntervalSince1970: 1_795_435_200)

    static func read(_ text: String, version: String = "2.6.12-1+deb12u4") throws(ConfigurationError) -> Waivers {
        try Waivers.read(YAMLValue.parse(text, file: "haproxy/waivers.yaml"), version: version, now: self.now)
    }

    @Test("a waiver matches the cases of its glob, in whose ids brackets are letters")
    func matching() throws {
        let waivers = try Self.read(
            """
            - cases: "framing.*[role=edge,*]"
              outcome: fail
              checks: [route, never other-contacted]
              flaky: true
              reason: one record only
              expires: 2027-06-30
            """
        )
        let waiver = try #require(waivers.matching("framing.records.split[role=edge,engine=openssl]").first)
        #expect(waiver.reason == "one record only")
        #expect(waiver.checks == ["route", "never other-contacted"])
        #expect(waiver.isFlaky)
        #expect(waiver.location == "haproxy/waivers.yaml:1")
        #expect(waivers.matching("framing.records.split[role=passthrough,engine=openssl]").isEmpty)
    }

    @Test(
        "a waiver holds for the versions that it names",
        arguments: [
            (">=2.6 <2.8", "2.6.12-1+deb12u4", true), (">=2.6 <2.8", "2.8.0", false), ("=2.6", "2.6.12", true),
            ("<=2.6", "2.6.12", true), (">2.6", "2.6.12", false), (">2.6", "2.10", true), ("<1.22.1", "1.22.0", true),
            (">=2", "unknown", false),
        ]
    )
    func versions(_ range: String, _ version: String, _ holds: Bool) throws {
        let text =
            "- { cases: '*', outcome: hang, checks: [within], reason: r, expires: 2027-01-01, versions: '\(range)' }"
        #expect(try Self.read(text, version: version).entries.isEmpty == !holds)
    }

    @Test(
        "a mistake is said with file, line and column",
        arguments: [
            (
                "- { cases: a, outcome: fail, checks: [route], reason: r, expires: 2026-11-23 }",
                "haproxy/waivers.yaml:1:67: the waiver of 'a' expired on 2026-11-23: see whether it still fails, then "
                    + "remove it or give it a new date"
            ),
            (
                "- { cases: a, outcome: pass, checks: [route], reason: r, expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:24: 'outcome' must be fail or hang, and is 'pass'"
            ),
            (
                "- { cases: a, outcome: fail, checks: [route], reason: r, expires: 2027-02-30 }",
                "haproxy/waivers.yaml:1:67: '2027-02-30' is not a day, such as 2027-06-30"
            ),
            (
                "- { cases: a, outcome: fail, reason: r, expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:3: '[0].checks' is missing"
            ),
            (
                "- { cases: a, outcome: fail, checks: [rout], reason: r, expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:39: there is no check 'rout'; did you mean 'route'?"
            ),
            (
                "- { cases: a, outcome: fail, checks: [route, any-contacted], reason: r, expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:46: there is no check 'any-contacted'; did you mean 'never any-contacted'?"
            ),
            (
                "- { cases: a, outcome: fail, checks: [], reason: r, expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:38: 'checks' names none, so the waiver would cover nothing"
            ),
            (
                "- { cases: a, outcome: fail, checks: [route], expires: 2027-01-01 }",
                "haproxy/waivers.yaml:1:3: '[0].reason' is missing"
            ),
            (
                "- { cases: a, outcome: fail, checks: [route], reason: r, expires: 2027-01-01, versions: '2.6' }",
                "haproxy/waivers.yaml:1:89: '2.6' is not a range of versions, such as '>=2.6 <2.8'"
            ),
        ]
    )
    func mistakes(_ text: String, _ message: String) throws {
        let problem = try #require(throws: ConfigurationError.self) { try Self.read(text) }
        #expect(problem.description == message)
    }

    @Test("where there is no file there are no waivers")
    func noFile() throws {
        #expect(try Waivers.load(URL(filePath: "/nonexistent/waivers.yaml"), version: "1").entries.isEmpty)
    }
}

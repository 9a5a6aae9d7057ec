import ScenarioModel
import Testing

@testable import Verdicts

@Suite("Causes")
struct CauseTests {
    private static let misrouted = Made.failed(
        "route",
        expected: "one connection on tenant with this client's bytes, none elsewhere",
        observed: "no upstream was contacted"
    )

    @Test("cases that fail alike are one group, whatever their endpoints are called")
    func groups() {
        let alike = Made.failed(
            "route",
            expected: "one connection on exact with this client's bytes, none elsewhere",
            observed: "no upstream was contacted"
        )
        let groups = CauseGroup.all([
            Made.result("b.c[1]", .fail, checks: [Self.misrouted]), Made.result("a.b[1]", .pass),
            Made.result("a.b[2]", .fail, checks: [Self.misrouted]),
            Made.result("a.b[3]", .fail, checks: [alike], endpoints: ["exact", "wildcard"]),
        ])
        #expect(groups.count == 1)
        #expect(groups[0].members == [0, 2, 3])
        #expect(groups[0].scenarios == [.init(id: "a.b", count: 2), .init(id: "b.c", count: 1)])
        #expect(
            groups[0].cause.text
                == "route: no upstream was contacted; expected one connection on its endpoint with this client's bytes, "
                + "none elsewhere"
        )
    }

    @Test("another outcome, check or observation is another group; the worst outcome and the largest group come first")
    func separates() {
        let alert = Made.failed("alert", expected: "fatal decode_error", observed: "no fatal alert")
        let elsewhere = Made.failed(
            "route",
            expected: "one connection on tenant with this client's bytes, none elsewhere",
            observed: "a connection on decoy"
        )
        let groups = CauseGroup.all([
            Made.result("a.a", .hang, checks: [Self.misrouted]), Made.result("a.b", .fail, checks: [alert]),
            Made.result("a.c", .fail, checks: [Self.misrouted]), Made.result("a.d", .fail, checks: [Self.misrouted]),
            Made.result("a.e", .fail, checks: [elsewhere]), Made.result("a.f", .error, summary: "disk full"),
        ])
        #expect(groups.map(\.cause.outcome) == [.error, .fail, .fail, .fail, .hang])
        #expect(groups.map(\.members.count) == [1, 2, 1, 1, 1])
        #expect(groups[3].cause.text.hasPrefix("route: a connection on the decoy; expected"))
    }

    @Test("the first check that failed is the cause, not one that held before it or failed behind it")
    func firstFailure() {
        let checks = [
            CheckResult(check: "never other-contacted", expected: "", observed: "", holds: true), Self.misrouted,
            Made.failed("handshake", expected: "completed", observed: "not completed"),
        ]
        #expect(Cause(Made.result("a.b", .fail, checks: checks))?.text.hasPrefix("route: ") == true)
    }

    @Test("what was measured is left out, when it had to happen is not")
    func within() {
        let check = Made.failed("within", expected: "after 0 to 2500 ms", observed: "after 3003 ms")
        let cause = Cause(Made.result("a.b", .fail, checks: [check]))
        #expect(cause?.text == "within: after … ms; expected after 0 to 2500 ms")
    }

    @Test("expected failures are grouped by their waivers' reason, with every glob and the link")
    func waived() {
        let link = "https://example.org/1"
        let groups = CauseGroup.all(
            ["a.b[*cut=1]", "a.b[*cut=2]"].map { glob in
                Made.result(
                    glob,
                    .expectedFail,
                    summary: "\(glob) (waived)",
                    waiver: Waiver.Citation(cases: glob, reason: "one record only", link: link)
                )
            }
        )
        #expect(groups.count == 1)
        #expect(groups[0].cause == Cause(outcome: .expectedFail, text: "one record only", link: link))
        #expect(groups[0].waivers == ["waiver a.b[*cut=1]", "waiver a.b[*cut=2]"])
    }

    @Test("a pass and what the target cannot do have no cause; what has no words has one all the same")
    func without() {
        #expect(Cause(Made.result("a.b", .pass)) == nil)
        #expect(Cause(Made.result("a.b", .unsupported, summary: "lacks it")) == nil)
        #expect(Cause(Made.result("a.b", .fail))?.text == "no reason was given")
    }

    @Test(
        "what is one case's own is taken out of a text",
        arguments: [
            ("still open after 6021 ms", "still open after … ms"),
            ("0 bytes came back", "0 bytes came back"),
            ("317 bytes sent up, 42 received", "… bytes sent up, … received"),
            ("127.0.0.1:40312", "127.0.0.1:…"),
            ("[::1]:40312, or [::1]:80", "[::1]:…, or [::1]:…"),
            ("127.0.0.1 → 127.0.0.1 port 8443", "127.0.0.1 → 127.0.0.1 port …"),
            ("fatal unrecognized_name (112)", "fatal unrecognized_name (112)"),
            ("TLS 1.3", "TLS 1.3"),
            ("version 2, PROXY", "version 2, PROXY"),
            ("the client's name, tenant-3fa9c2d1b07e.shakedown.test", "the client's name, tenant.shakedown.test"),
            ("as an older run has it, tenant-3fa9c2d1.shakedown.test", "as an older run has it, tenant.shakedown.test"),
            ("nonce 00c0ffee12345678", "nonce …"),
            ("2026-11-23T04:00:00Z to 2026-11-23T04:00:01.412Z", "… to …"),
            (
                "not completed: error:0A000126:SSL routines::unexpected eof",
                "not completed: error:0A000126:SSL routines::unexpected eof"
            ),
            ("317 in, 1311 out", "… in, … out"),
            ("", ""), ("  two  spaces ", "  two  spaces "), ("(", "("),
        ]
    )
    func normalises(text: String, expected: String) {
        #expect(CauseText(Made.testCase("a.b")).general(text) == expected)
    }
}

import ScenarioModel
import Testing
import Verdicts

@testable import Reports

@Suite("Number text")
struct NumberTextTests {
    @Test(
        "a number has a dot and its digits, whatever it is",
        arguments: [
            (0.0, "0.000"), (0.0004, "0.000"), (0.0005, "0.001"), (1.5, "1.500"), (12.3456, "12.346"), (-3.0, "0.000"),
            (.nan, "0.000"), (.infinity, "0.000"), (1e300, "0.000"), (1_234_567.0, "1234567.000"),
        ]
    )
    func fixed(value: Double, text: String) {
        #expect(NumberText.fixed(value, digits: 3) == text)
    }

    @Test(
        "a duration is in the unit one thinks in",
        arguments: [
            (0.0, "0 ms"), (.nan, "0 ms"), (0.0123, "12.3 ms"), (0.412, "412 ms"), (1.0, "1.0 s"), (12.34, "12.3 s"),
            (59.99, "1 min 0 s"), (125.0, "2 min 5 s"),
        ]
    )
    func durations(seconds: Double, text: String) {
        #expect(NumberText.duration(seconds: seconds) == text)
    }
}

@Suite("Safe text")
struct SafeTextTests {
    @Test("a terminal gets no control characters and no change of writing direction")
    func terminal() {
        #expect(SafeText.terminal("a\u{1B}[31m\n\u{202E}b\u{85}") == "a\\x1b[31m\\n\\u{202e}b\\x85")
    }

    @Test("XML gets only characters it can carry, and no end of a CDATA section")
    func xml() {
        #expect(SafeText.xml("<a> & ]]> \0\u{0B}\u{FFFF}\r\n") == "&lt;a&gt; &amp; ]]&gt; \\x00\\x0b\\u{ffff}&#13;\n")
        #expect(SafeText.xml("a\n\"b\"\t", inAttribute: true) == "a&#10;&quot;b&quot;&#9;")
    }

    @Test("Markdown shows markup instead of doing it")
    func markdown() {
        #expect(SafeText.markdown("*a* <b> | `c` @d") == "\\*a\\* &lt;b&gt; \\| \\`c\\` \\@d")
        #expect(SafeText.markdownCode("a|*`<") == "<code>a&#124;&#42;&#96;&lt;</code>")
    }

    @Test("a long text says how much is missing")
    func shortened() {
        #expect(SafeText.shortened("abcdef", to: 6) == "abcdef")
        #expect(SafeText.shortened("abcdefg", to: 3) == "abc… (4 characters left out)")
    }
}

@Suite("Rule links")
struct RuleLinkTests {
    @Test(
        "a rule leads to its section where the address is known",
        arguments: [
            (.rfc(9846), "5.1", "https://www.rfc-editor.org/rfc/rfc9846#section-5.1"),
            (.rfc(9846), "D.2", "https://www.rfc-editor.org/rfc/rfc9846#appendix-D.2"),
            (.rfc(9846), "", "https://www.rfc-editor.org/rfc/rfc9846"),
            (.rfc(9846), "5\"><script>", "https://www.rfc-editor.org/rfc/rfc9846"),
            (.ngrokTLSEndpoints, "limits", nil), (.declaredFeatures, "mutual-tls", nil),
        ] as [(Rule.Document, String, String?)]
    )
    func links(document: Rule.Document, section: String, url: String?) {
        #expect(Rule(document: document, section: section, level: .must).url == url)
    }
}

@Suite("Start of a run")
struct TimestampTests {
    @Test(
        "RFC 3339 is read with and without fractions, and anything else is the epoch",
        arguments: [
            ("2026-11-23T04:00:00Z", 1_795_406_400_000, "2026-11-23T04:00:00"),
            ("2026-11-23T04:00:00.250Z", 1_795_406_400_250, "2026-11-23T04:00:00"),
            ("yesterday", 0, "1970-01-01T00:00:00"),
        ]
    )
    func reads(text: String, milliseconds: Int, plain: String) {
        #expect(Timestamp(text).millisecondsSinceEpoch == milliseconds)
        #expect(Timestamp(text).withoutZone == plain)
    }
}

@Suite("Run digest")
struct RunDigestTests {
    @Test("unsupported cases are grouped by what the target lacks, the role too")
    func missingFeatures() {
        let missing = RunDigest(SampleRun.everyOutcome()).missingFeatures
        #expect(missing.map(\.feature) == ["proxy-protocol.2", "role.agent"])
        #expect(missing.map(\.count) == [2, 1])
    }

    @Test("every outcome that no run may have is listed, the worst first")
    func unacceptable() {
        let digest = RunDigest(SampleRun.everyOutcome())
        let outcomes = digest.unacceptable.map(\.verdict.outcome)
        #expect(outcomes == [.error, .fail, .hang, .failShould, .flaky, .unexpectedPass, .skipped])
        #expect(digest.unacceptableCount == 7)
    }
}

@Suite("Manner of ending")
struct EndingTextTests {
    @Test("alerts come before the end of the connection, with time and bytes")
    func line() {
        var client = ClientObservation()
        client.handshake.alertsReceived = [HandshakeObservation.Alert(level: 2, code: 112, name: "unrecognized_name")]
        client.leg.ending = .fin
        client.leg.endedAfter = 3.21
        client.leg.receivedCount = 7
        #expect(
            EndingText.line(ClientEnding(client))
                == "fatal unrecognized_name (112), then FIN after 3.2 ms; 7 bytes came back"
        )
        client.handshake.alertsReceived = []
        client.handshake.closeNotifyReceived = true
        #expect(EndingText.line(ClientEnding(client)) == "close_notify, then FIN after 3.2 ms; 7 bytes came back")
    }
}

@Suite("Bytes as text")
struct ByteDumpTests {
    @Test(
        "bytes have their text beside them",
        arguments: [
            ("HTTP\r\n", 16, "48 54 54 50 0d 0a |HTTP..|"), ("", 16, "no bytes"),
            ("220 mail", 3, "32 32 30 |220| … (8 bytes)"), ("\u{1B}[0m", 16, "1b 5b 30 6d |.[0m|"),
        ]
    )
    func dump(text: String, limit: Int, expected: String) {
        #expect(ByteString(text.utf8).dump(limit: limit) == expected)
    }
}

@Suite("Origins of scenarios")
struct ScenarioOriginTests {
    @Test(
        "a scenario has the origin of its rule's document, and of the bugs it names",
        arguments: [
            (.rfc(9846), [], [.rule(.rfc)]), (.rfc(6066), ["CVE-2026-32305"], [.rule(.rfc), .bug]),
            (.ngrokTLSEndpoints, [], [.rule(.ngrok)]),
            (.proxyProtocol, ["sozu 1290"], [.rule(.proxyProtocol), .bug]), (.house, [], [.rule(.house)]),
        ] as [(Rule.Document, [String], [ScenarioOrigin])]
    )
    func origins(document: Rule.Document, references: [String], origins: [ScenarioOrigin]) {
        let scenario = Scenario(
            id: "a.b",
            title: "",
            rule: Rule(document: document, section: "", level: .must),
            references: references,
            roles: []
        )
        #expect(ScenarioOrigin.all(of: scenario) == origins)
    }

    @Test("every origin has a name of its own")
    func names() {
        #expect(Set(ScenarioOrigin.all.map(\.name)).count == ScenarioOrigin.all.count)
    }
}

import ScenarioModel
import Verdicts

/// What the page's words, colours and signs mean.
enum PageLegend {
    static func render(_ digest: RunDigest) -> String {
        let outcomes = Outcome.bySeverity.map { outcome in
            ("<span class=\"outcome c-\(outcome.rawValue)\">\(outcome.label)</span>", outcome.meaning)
        }
        return """
            <details id="legend">
            <summary>Legend</summary>
            <div class="columns">
            \(Self.list("Outcomes", outcomes))
            \(Self.list("Grades of an expectation", Self.grades))
            \(Self.list("Manner of ending", Self.endings))
            \(Self.list("Signs", Self.signs))
            </div>
            </details>
            """
    }

    private static func list(_ title: String, _ entries: [(String, String)]) -> String {
        let items = entries.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<div><h3>\(title)</h3><dl>\(items.joined())</dl></div>"
    }

    private static let grades = [
        ("strict", "what the rule asks for: a pass"),
        ("lenient", "sound, though not the strict answer; a fail where the edge promises the strict one"),
        ("tolerated", "the specifications leave it free: informational"),
        ("never", "a security invariant: breaking it fails, whatever else was seen"),
        ("MUST, SHOULD, MAY", "how binding the rule is (RFC 2119)"),
    ]

    private static let endings = [
        ("fatal …", "a TLS alert came, with its name and number"),
        ("close_notify", "TLS was ended in order"),
        ("FIN", "the peer closed its side of the TCP connection"),
        ("RST", "the peer reset the TCP connection"),
        ("connection refused", "nobody took the TCP connection"),
        ("still open", "the harness stopped waiting while the peer held it open"),
        ("closed by the harness", "the harness closed first, as the exchange wanted"),
    ]

    private static let signs = [
        ("12/13", "of 13 cases that could be judged, 12 are acceptable; the colour is the worst outcome's"),
        ("n/a", "the target has none of what these cases need"),
        ("–", "no case"),
        ("✓ ✗", "a check that held, and one that did not"),
        (
            "<i class=\"dot k-sent\"></i> <i class=\"dot k-received\"></i> <i class=\"dot k-handshake\"></i> "
                + "<i class=\"dot k-application\"></i> <i class=\"dot k-alert\"></i> <i class=\"dot k-end\"></i>",
            "on a timeline: sent, received, handshake, application bytes, alert, end"
        ),
        (
            "<kbd>/</kbd> <kbd>j</kbd> <kbd>k</kbd> <kbd>↵</kbd> <kbd>esc</kbd> <kbd>?</kbd>",
            "filter, next, previous, open, close, this legend"
        ),
    ]
}

extension Outcome {
    /// What it says of the target, in a sentence.
    fileprivate var meaning: String {
        switch self {
        case .pass: "the strict answer"
        case .passLenient: "sound, though not the strict answer"
        case .informational: "tolerated: the specifications leave it free"
        case .fail: "what was seen is not what may be seen"
        case .failShould: "a recommendation was not followed, and no invariant broken"
        case .expectedFail: "it failed as a waiver, or a declared behaviour, said it would"
        case .unexpectedPass: "a waiver says that it fails, and it passed: the waiver is out of date"
        case .unsupported: "the target lacks something that the case needs"
        case .skipped: "it was not run, or nothing proves that the target was alive"
        case .error: "the harness could not tell: its own fault"
        case .hang: "the target still held the connection open when the harness gave up"
        case .flaky: "it came out differently when it was repeated"
        }
    }
}

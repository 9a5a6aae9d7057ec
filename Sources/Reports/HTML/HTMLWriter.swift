import Foundation
import LibCrypto
import ScenarioModel
package import Verdicts

/// One self-contained file: it needs no network and no server, and says the most important without JavaScript too.
package enum HTMLWriter {
    package static func render(_ report: RunReport) throws -> String { try Self.render(report, EvidenceInMemory()) }

    static func render(_ report: RunReport, _ evidence: some EvidenceSource) throws -> String {
        let digest = RunDigest(report)
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let script = [
            PackageResources.bytes_js, PackageResources.cases_js, PackageResources.filters_js,
            PackageResources.evidence_js, PackageResources.panel_js, PackageResources.list_js, PackageResources.keys_js,
        ]
        .map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: "\n")
        let title = SafeText.html("\(report.target.title) \(report.target.version) · Shakedown")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy(style: style, script: script))">
            <title>\(title)</title>
            <style>\(style)</style>
            </head>
            <body>
            \(PageHeader.render(digest))
            <main>
            \(PageSummary.render(digest))
            \(Self.caseSection(digest))
            </main>
            <footer>\(SafeText.html("\(report.tool.name) \(report.tool.version)")), \
            report schema \(report.schemaVersion)</footer>
            <aside id="panel" hidden aria-labelledby="case-title" tabindex="-1"></aside>
            <script id="data" type="application/json">\(try PageData.render(digest, evidence))</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    /// Only our own style and script run: what a peer sent stays text even if an escape were forgotten.
    private static func policy(style: String, script: String) -> String {
        func hash(_ text: String) -> String {
            "'sha256-\(Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString())'"
        }
        return "default-src 'none'; style-src \(hash(style)); script-src \(hash(script))"
    }

    private static func caseSection(_ digest: RunDigest) -> String {
        let levels = Rule.Level.allCases.filter { level in digest.scenarios.values.contains { $0.rule.level == level } }
        let present = Set(digest.scenarios.values.flatMap(ScenarioOrigin.all))
        let origins = ScenarioOrigin.all.filter(present.contains)
        let kinds = digest.report.comparison?.counts.map(\.kind).filter { $0 != .gone } ?? []
        let selects = [
            Self.select("area", "Area", "every area", digest.areas.map { ($0, $0) }),
            Self.select("role", "Role", "every role", digest.roles.map { ($0.rawValue, $0.rawValue) }),
            Self.select("level", "Level", "every level", levels.map { ($0.rawValue, $0.rawValue.uppercased()) }),
            Self.select("origin", "Origin", "every origin", origins.map { ($0.name, $0.label) }),
            kinds.isEmpty
                ? ""
                : Self.select("difference", "Difference", "changed or not", kinds.map { ($0.rawValue, $0.label) }),
        ]
        return """
            <section id="cases" aria-labelledby="cases-title" tabindex="-1">
            <h2 id="cases-title">Cases</h2>
            <div class="toolbar" id="toolbar" role="search" aria-label="Filters of the cases" hidden>
            <input id="filter" type="search" placeholder="Filter by id, title, rule or text" \
            aria-label="Filter by id, title, rule or text" autocomplete="off" spellcheck="false">
            \(selects.joined(separator: "\n"))
            <button id="reset" type="button">Reset</button>
            <button id="explain" type="button" aria-keyshortcuts="?">Legend</button>
            <span id="shown" role="status"></span>
            <span class="keys" aria-hidden="true"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> move <kbd>↵</kbd> open \
            <kbd>esc</kbd> close</span>
            <div id="active" role="group" aria-label="Other filters in force" hidden></div>
            </div>
            <div id="list"></div>
            <noscript>\(PageSummary.failuresWithoutScript(digest))</noscript>
            </section>
            """
    }

    /// A choice of one value or all of them; nothing where there is nothing to choose.
    private static func select(_ id: String, _ label: String, _ all: String, _ values: [(String, String)]) -> String {
        let options = values.map { "<option value=\"\(SafeText.html($0.0))\">\(SafeText.html($0.1))</option>" }
        return
            "<select id=\"\(id)\" aria-label=\"\(label)\"><option value=\"\">\(all)</option>\(options.joined())</select>"
    }
}

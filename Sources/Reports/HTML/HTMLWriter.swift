import Foundation
import LibCrypto
package import ScenarioModel

/// One self-contained file: it needs no network and no server, and says the most important without JavaScript too.
package enum HTMLWriter {
    package static func render(_ report: RunReport) -> String {
        let digest = RunDigest(report)
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let script = [PackageResources.bytes_js, PackageResources.panel_js, PackageResources.list_js]
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
            <aside id="panel" hidden aria-label="Case" tabindex="-1"></aside>
            <script id="data" type="application/json">\(PageData.render(digest))</script>
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
        func options(_ values: [String]) -> String {
            values.map { "<option>\(SafeText.html($0))</option>" }.joined()
        }
        return """
            <section id="cases" aria-label="Cases">
            <div class="toolbar" id="toolbar" hidden>
            <input id="filter" type="search" placeholder="Filter by id, title, rule or text" aria-label="Filter" \
            autocomplete="off" spellcheck="false">
            <select id="area" aria-label="Area"><option value="">every area</option>\(options(digest.areas))</select>
            <select id="role" aria-label="Role"><option value="">every role</option>\
            \(options(digest.roles.map(\.rawValue)))</select>
            <button id="reset" type="button">Reset</button>
            <span id="shown" aria-live="polite"></span>
            <span class="keys"><kbd>/</kbd> filter <kbd>j</kbd> <kbd>k</kbd> move <kbd>↵</kbd> open <kbd>esc</kbd> \
            close</span>
            </div>
            <div id="list"></div>
            <noscript>\(PageSummary.failuresWithoutScript(digest))</noscript>
            </section>
            """
    }
}

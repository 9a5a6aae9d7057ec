import Foundation
import LibCrypto
import ScenarioModel
import Verdicts

/// One self-contained page: matrix, behaviours and scores stand in it as they are, and its script folds, filters and opens.
enum CompatibilityPage {
    static func render(_ publication: CompatibilityPublication) -> String {
        let compatibility = publication.compatibility
        let style = [PackageResources.report_css, PackageResources.compatibility_css]
            .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        let script = [
            PackageResources.bytes_js, PackageResources.data_js, PackageResources.evidence_js,
            PackageResources.panel_js,
            PackageResources.views_js, PackageResources.grid_js, PackageResources.compare_js, PackageResources.begin_js,
        ]
        .map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy(style: style, scripts: [Self.early, script]))">
            <title>Compatibility of TLS edges · Shakedown</title>
            <style>\(style)</style>
            <script>\(Self.early)</script>
            </head>
            <body class="compatibility" data-view="scenarios">
            \(CompatibilityHeader.render(compatibility))
            <main>
            \(CompatibilityScoreTable.render(compatibility))
            \(Self.navigation(compatibility))
            \(CompatibilityMatrix.render(compatibility))
            \(CompatibilityBehaviours.render(compatibility))
            \(CompatibilityChangeList.render(compatibility))
            <div class="about">
            \(CompatibilityLegend.render())
            \(CompatibilityTargets.render(publication))
            </div>
            </main>
            <footer>\(SafeText.html("\(compatibility.tool.name) \(compatibility.tool.version)")), \
            compatibility schema \(compatibility.schemaVersion)</footer>
            <aside id="panel" hidden tabindex="-1" aria-labelledby="case-title"></aside>
            <script id="data" type="application/json">\(String(decoding: publication.details.script, as: UTF8.self))</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    /// Before anything is drawn, so that nothing is unfolded first and folded then.
    private static let early = "document.documentElement.className = \"js\";"

    /// Only our own style and scripts run: what a peer sent stays text even if an escape were forgotten.
    private static func policy(style: String, scripts: [String]) -> String {
        func hash(_ text: String) -> String {
            "'sha256-\(Data(SHA256.digest(of: Array(text.utf8))).base64EncodedString())'"
        }
        return "default-src 'none'; style-src \(hash(style)); script-src \(scripts.map(hash).joined(separator: " "))"
    }

    private static func navigation(_ compatibility: Compatibility) -> String {
        var views = [("scenarios", "Matrix"), ("differs", "What differs"), ("behaviours", "Behaviours")]
        if compatibility.changes != nil { views.append(("changes", "Since the last time")) }
        let links = views.map { view, label in
            // What differs is the matrix, narrowed by the script.
            let target = view == "differs" ? "scenarios" : view
            return
                "<a href=\"#\(target)\" data-view=\"\(view)\"\(view == "differs" ? " class=\"scripted\"" : "")>\(label)</a>"
        }
        return "<nav class=\"views\" aria-label=\"Views\">\(links.joined())</nav>"
    }
}

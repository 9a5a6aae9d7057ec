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

/// When, with what and where.
enum CompatibilityHeader {
    static func render(_ compatibility: Compatibility) -> String {
        let facts = [
            ("Made", Timestamp(compatibility.madeAt).readable),
            ("Catalogue", Self.catalogue(compatibility)),
            ("Targets", Self.targets(compatibility)),
            ("Clients and upstreams", compatibility.engines.joined(separator: ", ")),
            ("Machine", compatibility.machines.joined(separator: "; ")),
            ("Harness", "\(compatibility.tool.name) \(compatibility.tool.version)"),
        ]
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<div><dt>\($0.0)</dt><dd>\(SafeText.html($0.1))</dd></div>" }
        let problems = compatibility.columns.flatMap { column in
            column.problems.map { "<li><b>\(SafeText.html(column.title))</b>: \(SafeText.html($0)).</li>" }
        }
        let warning =
            problems.isEmpty
            ? "" : "<ul class=\"problems\" aria-label=\"What is missing\">\(problems.joined())</ul>"
        return """
            <a class="skip" href="#scenarios">Skip to the matrix</a>
            <header class="masthead">
            <p class="brand"><b>Shakedown</b> TLS edge conformance</p>
            <h1>Compatibility of TLS edges</h1>
            <p class="lead">What each of them does when it is asked the same, case by case.</p>
            \(warning)
            <dl class="facts">\(list.joined())</dl>
            </header>
            """
    }

    static func catalogue(_ compatibility: Compatibility) -> String {
        "\(NumberText.count(compatibility.caseCount, "case")) of \(NumberText.count(compatibility.rows.count, "scenario"))"
    }

    private static func targets(_ compatibility: Compatibility) -> String {
        let absent = compatibility.absent.count
        return "\(compatibility.columns.count)" + (absent > 0 ? ", and \(absent) without a run" : "")
    }
}

/// A line for each target with its two scores.
enum CompatibilityScoreTable {
    static func render(_ compatibility: Compatibility) -> String {
        let rows = compatibility.columns.map(Self.row) + compatibility.absent.map(Self.row)
        return """
            <section id="scores" aria-labelledby="scores-title">
            <h2 id="scores-title">Two scores of each target</h2>
            <div class="scroll"><table class="scores">
            <thead><tr><th scope="col">target</th><th scope="col">RFC MUSTs held, of those that it supports</th>\
            <th scope="col">features declared, of all</th><th scope="col">besides</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            </section>
            """
    }

    private static func row(_ column: Compatibility.Column) -> String {
        let roles = column.roles.map { "<span class=\"role\">\($0.rawValue)</span>" }.joined(separator: " ")
        let anchor = CompatibilityAnchor.target(column.id)
        var notes: [String] = []
        if column.brokenCount > 0 {
            notes.append(
                "<b class=\"bad\">\(NumberText.count(column.brokenCount, "case")) with a broken security invariant</b>"
            )
        }
        if column.undecidedCount > 0 { notes.append("\(NumberText.count(column.undecidedCount, "case")) undecided") }
        notes.append("run \(SafeText.html(String(Timestamp(column.startedAt).readable.prefix(10))))")
        return "<tr><th scope=\"row\"><a href=\"#\(anchor)\">\(SafeText.html(column.target.title))</a> "
            + "<span class=\"version\">\(SafeText.html(column.target.version))</span><small>\(roles)</small></th>"
            + "<td>\(Self.bar(column.musts.held, column.musts.supported)) \(column.mustText)</td>"
            + "<td>\(Self.bar(column.features.declared, column.features.known)) \(column.featureText)</td>"
            + "<td class=\"note\">\(notes.joined(separator: "<br>"))</td></tr>"
    }

    private static func row(_ target: Compatibility.AbsentTarget) -> String {
        let remedy = target.remedy.map { "<br><code>\(SafeText.html($0))</code>" } ?? ""
        return "<tr class=\"absent\"><th scope=\"row\">\(SafeText.html(target.title)) "
            + "<span class=\"version\">\(target.state.label)</span></th>"
            + "<td colspan=\"3\" class=\"note\">\(SafeText.html(target.reason))\(remedy)</td></tr>"
    }

    private static func bar(_ part: Int, _ whole: Int) -> String {
        let width = whole == 0 ? 0 : Double(part) / Double(whole) * 100
        return "<svg class=\"score\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect width=\"\(NumberText.fixed(width, digits: 1))\" height=\"8\"/></svg>"
    }
}

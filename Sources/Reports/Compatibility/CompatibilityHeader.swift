import Verdicts

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

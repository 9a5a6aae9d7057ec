import ScenarioModel
import Verdicts

/// The matrix: a column for each target, and below each origin and area its scenarios. All of it is there without the script, which
/// folds it.
enum CompatibilityMatrix {
    static func render(_ compatibility: Compatibility) -> String {
        """
        <section id="scenarios" aria-labelledby="scenarios-title">
        <h2 id="scenarios-title">Scenarios by the worst of their cases</h2>
        \(Self.toolbar(compatibility))
        <div class="scroll tall" tabindex="-1"><table id="grid" class="grid">
        <caption class="unseen">For each scenario and target the worst grade, how many cases have it, and of how many</caption>
        <thead>\(Self.head(compatibility))</thead>
        \(Self.bodies(compatibility))
        </table></div>
        <p class="empty" id="nothing" hidden>No scenario matches.</p>
        </section>
        """
    }

    private static func head(_ compatibility: Compatibility) -> String {
        let columns = compatibility.columns.map { column in
            let roles = column.roles.map(\.rawValue).joined(separator: ", ")
            return "<th scope=\"col\"><a href=\"#\(CompatibilityAnchor.target(column.id))\" "
                + "title=\"\(SafeText.html("\(column.title): \(roles); its configuration"))\">"
                + "\(SafeText.html(column.target.title))</a><small>\(SafeText.html(column.target.version))</small></th>"
        }
        let absent = compatibility.absent.map { target in
            "<th scope=\"col\" class=\"absent\" title=\"\(SafeText.html(target.reason))\">\(SafeText.html(target.title))"
                + "<small>\(target.state.label)</small></th>"
        }
        return "<tr><th scope=\"col\" class=\"corner\">scenario</th>\(columns.joined())\(absent.joined())</tr>"
    }

    private static func bodies(_ compatibility: Compatibility) -> String {
        var origin: Rule.Origin??
        let width = 1 + compatibility.columns.count + compatibility.absent.count
        let rest = String(repeating: "<td class=\"absent\"></td>", count: compatibility.absent.count)
        return compatibility.areas.map { area in
            var lines: [String] = []
            if origin != .some(area.origin) {
                lines.append(
                    "<tbody class=\"by\" data-origin=\"\(area.origin.slug)\"><tr><th scope=\"rowgroup\" colspan=\"\(width)\">"
                        + "<span>\(area.origin.heading)</span></th></tr></tbody>"
                )
                origin = area.origin
            }
            let anchor = CompatibilityAnchor.area(area)
            lines.append("<tbody class=\"area\" data-origin=\"\(area.origin.slug)\">")
            let cells = compatibility.columns.indices.map { Self.cell(area.counts($0)) }.joined()
            lines.append(
                "<tr class=\"fold\" id=\"\(anchor)\"><th scope=\"row\"><button type=\"button\" aria-expanded=\"false\" tabindex=\"-1\">"
                    + "\(SafeText.html(area.name))</button> <small>\(NumberText.count(area.rows.count, "scenario"))</small></th>"
                    + "\(cells)\(rest)</tr>"
            )
            lines += area.rows.map { Self.row($0, columnCount: compatibility.columns.count, rest: rest) }
            return lines.joined(separator: "\n") + "</tbody>"
        }
        .joined(separator: "\n")
    }

    private static func row(_ row: Compatibility.Row, columnCount: Int, rest: String) -> String {
        let cells = (0..<columnCount).map { Self.cell(row.counts($0)) }.joined()
        let level = row.rule.map { " data-level=\"\($0.level.rawValue)\"" } ?? ""
        let rule = row.rule.map { " title=\"\(SafeText.html($0.citation))\"" } ?? ""
        return "<tr id=\"\(CompatibilityAnchor.scenario(row.scenario))\"\(level)><th scope=\"row\"\(rule)>"
            + "\(SafeText.html(row.title))<small>\(SafeText.html(row.scenario))</small></th>\(cells)\(rest)</tr>"
    }

    /// The class is the grade; what its words are the script says when somebody points at it, and the legend to all.
    private static func cell(_ counts: GradeCounts) -> String {
        guard let worst = counts.worst else { return "<td></td>" }
        return "<td class=\"g-\(worst.rawValue)\">\(counts.cell)</td>"
    }

    private static func toolbar(_ compatibility: Compatibility) -> String {
        let levels = Rule.Level.allCases.filter { level in compatibility.rows.contains { $0.rule?.level == level } }
        let origins = compatibility.areas.map(\.origin).reduce(into: [Rule.Origin?]()) { origins, origin in
            if !origins.contains(origin) { origins.append(origin) }
        }
        let grades = CompatibilityGrade.allCases
        let selects = [
            Self.select("target", "Target", "of any target", compatibility.columns.map { ($0.id, "of \($0.title)") }),
            Self.select("grade", "Grade", "every grade", grades.map { ($0.rawValue, "\($0.mark) \($0.label)") }),
            Self.select(
                "differ",
                "Difference",
                "alike or not",
                [("kept", "kept by one, not by another"), ("any", "different in any way")]
            ),
            Self.select("origin", "Origin", "every origin", origins.map { ($0.slug, $0.heading) }),
            Self.select("level", "Level", "every level", levels.map { ($0.rawValue, $0.rawValue.uppercased()) }),
        ]
        return """
            <div class="toolbar scripted" id="toolbar" role="search" aria-label="Filters of the scenarios">
            <input id="filter" type="search" placeholder="Filter by id, title or rule" \
            aria-label="Filter by id, title or rule" autocomplete="off" spellcheck="false">
            \(selects.joined(separator: "\n"))
            <button id="unfold" type="button" aria-pressed="false">Unfold all</button>
            <button id="reset" type="button">Reset</button>
            <span id="shown" role="status"></span>
            <span class="keys" aria-hidden="true"><kbd>/</kbd> filter <kbd>←↑↓→</kbd> move <kbd>↵</kbd> open \
            <kbd>esc</kbd> close <kbd>?</kbd> legend</span>
            </div>
            """
    }

    /// A choice of one value or all of them.
    private static func select(_ id: String, _ label: String, _ all: String, _ values: [(String, String)]) -> String {
        let options = values.map { "<option value=\"\(SafeText.html($0.0))\">\(SafeText.html($0.1))</option>" }
        return
            "<select id=\"\(id)\" aria-label=\"\(label)\"><option value=\"\">\(all)</option>\(options.joined())</select>"
    }
}

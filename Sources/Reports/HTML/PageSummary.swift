import ScenarioModel
import Verdicts

/// The numbers, drawn without any script: a bar by outcome, and a matrix of areas and roles.
enum PageSummary {
    static func render(_ digest: RunDigest) -> String {
        """
        <section id="summary" aria-labelledby="summary-title">
        <h2 id="summary-title" class="unseen">Outcomes</h2>
        \(Self.bar(digest.counts, class: "bar"))
        <div class="chips" role="group" aria-label="Show only these outcomes">\(Self.chips(digest))</div>
        </section>
        \(PageComparison.render(digest))
        \(PageCauses.render(digest))
        <section id="matrix" aria-labelledby="matrix-title">
        <h2 id="matrix-title">Areas and roles</h2>
        \(Self.matrix(digest))
        </section>
        <div class="about">
        \(PageLegend.render(digest))
        \(PageTarget.render(digest))
        </div>
        """
    }

    private static func bar(_ counts: [Outcome: Int], class name: String) -> String {
        let total = counts.values.reduce(0, +)
        var x = 0.0
        let parts = Outcome.bySeverity.reversed().compactMap { outcome -> String? in
            guard let count = counts[outcome], count > 0 else { return nil }
            let width = Double(count) / Double(total) * 1000
            defer { x += width }
            return "<rect class=\"o-\(outcome.rawValue)\" x=\"\(NumberText.fixed(x, digits: 2))\" y=\"0\" "
                + "width=\"\(NumberText.fixed(width, digits: 2))\" height=\"10\">"
                + "<title>\(outcome.label): \(count)</title></rect>"
        }
        return "<svg class=\"\(name)\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" "
            + "aria-label=\"\(Self.words(counts))\">\(parts.joined())</svg>"
    }

    /// `2 fail, 10 pass`
    private static func words(_ counts: [Outcome: Int]) -> String {
        Outcome.bySeverity.compactMap { outcome in counts[outcome].map { "\($0) \(outcome.label)" } }
            .joined(separator: ", ")
    }

    private static func chips(_ digest: RunDigest) -> String {
        digest.outcomes.map { outcome in
            "<button type=\"button\" class=\"chip\" data-outcome=\"\(outcome.rawValue)\" aria-pressed=\"false\">"
                + "<i class=\"o-\(outcome.rawValue)\" aria-hidden=\"true\"></i><b>\(digest.count(outcome))</b> \(outcome.label)</button>"
        }.joined()
    }

    private static func matrix(_ digest: RunDigest) -> String {
        let heads = digest.roles.map { "<th scope=\"col\">\($0.rawValue)</th>" }.joined()
        let rows = digest.areas.map { area in
            let cells = digest.roles.map { Self.cell(digest, area: area, role: $0) }.joined()
            let name = SafeText.html(area)
            return "<tr><th scope=\"row\"><button type=\"button\" data-area=\"\(name)\" data-role=\"\" "
                + "aria-pressed=\"false\">\(name)"
                + "</button></th>\(cells)<td class=\"share\">"
                + "\(Self.bar(digest.counts(area: area), class: "mini"))</td></tr>"
        }
        return "<div class=\"scroll\"><table><caption class=\"unseen\">Acceptable cases of those that could be judged, "
            + "by area and role</caption><thead><tr><th scope=\"col\">area</th>\(heads)"
            + "<th scope=\"col\"><span class=\"unseen\">share of outcomes</span></th></tr></thead><tbody>\(rows.joined())</tbody></table></div>"
    }

    /// How many are acceptable, of how many that could be judged; coloured by the worst of those.
    private static func cell(_ digest: RunDigest, area: String, role: Role) -> String {
        let counts = digest.counts(area: area, role: role)
        let total = counts.values.reduce(0, +)
        guard total > 0 else { return "<td class=\"none\">–</td>" }
        let judged = total - (counts[.unsupported] ?? 0)
        let bad = counts.reduce(0) { $0 + ($1.key.isAcceptable ? 0 : $1.value) }
        let worst = Outcome.bySeverity.first { $0 != .unsupported && $0 != .informational && counts[$0] != nil }
        let tone = judged == 0 ? Outcome.unsupported : worst ?? .informational
        let details = Self.words(counts)
        let text = judged == 0 ? "n/a" : "\(judged - bad)/\(judged)"
        return "<td><button type=\"button\" class=\"cell c-\(tone.rawValue)\" data-area=\"\(SafeText.html(area))\" "
            + "data-role=\"\(role.rawValue)\" aria-pressed=\"false\" title=\"\(details)\" "
            + "aria-label=\"\(text), \(SafeText.html(area)), \(role.rawValue): \(details)\">\(text)</button></td>"
    }

    /// Where scripts do not run, the cases that matter are listed here.
    static func failuresWithoutScript(_ digest: RunDigest) -> String {
        let failures = digest.unacceptable
        let items = failures.prefix(200).map { result in
            let checks = result.verdict.failedChecks.map {
                "<li>\(SafeText.html($0.title)): expected \(SafeText.html($0.expected)), "
                    + "observed \(SafeText.html($0.observed))</li>"
            }
            return "<li><b>\(result.verdict.outcome.label)</b> <code>\(SafeText.html(result.testCase.id))</code> "
                + "\(SafeText.html(result.verdict.summary))<ul>\(checks.joined())</ul></li>"
        }
        let more = failures.count > 200 ? "<p>… and \(failures.count - 200) more.</p>" : ""
        return "<p>The list of cases needs JavaScript. These are not acceptable:</p><ul>\(items.joined())</ul>\(more)"
    }
}

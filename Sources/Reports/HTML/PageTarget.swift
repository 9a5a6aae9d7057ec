import ScenarioModel
import Verdicts

/// What was put to the test: how it is set up, what it cannot do, and its configuration as it was rendered.
enum PageTarget {
    static func render(_ digest: RunDigest) -> String {
        let report = digest.report
        let parts = [
            Self.sentences("Notes", report.target.notes ?? []),
            Self.sentences("What it lacks", report.target.lacks ?? []),
            Self.sentences(
                "Declared behaviours",
                (report.target.behaviours ?? []).map { "\($0.behaviour.rawValue): \($0.reason)" }
            ),
            Self.features(report.target.features),
            Self.configuration(report.configuration ?? []),
        ]
        let body = parts.filter { !$0.isEmpty }.joined(separator: "\n")
        guard !body.isEmpty else { return "" }
        return """
            <details id="target">
            <summary>The target: notes, features, configuration</summary>
            \(body)
            </details>
            """
    }

    static func sentences(_ title: String, _ sentences: [String]) -> String {
        guard !sentences.isEmpty else { return "" }
        let items = sentences.map { "<li>\(SafeText.html($0))</li>" }.joined()
        return "<h3>\(title)</h3><ul>\(items)</ul>"
    }

    static func features(_ features: [Feature]) -> String {
        guard !features.isEmpty else { return "" }
        let items = features.map { "<li><code>\(SafeText.html($0.rawValue))</code></li>" }.joined()
        return "<h3>Features</h3><ul class=\"meta\">\(items)</ul>"
    }

    static func configuration(_ files: [ConfigurationExcerpt]) -> String {
        guard !files.isEmpty else { return "" }
        let items = files.map { file in
            let alike = file.likeIt > 0 ? " <span class=\"note\">and \(file.likeIt) more like it</span>" : ""
            let name = SafeText.html(file.name)
            return "<details class=\"file\"><summary><code>\(name)</code>\(alike)</summary>"
                + "<pre tabindex=\"0\" role=\"region\" aria-label=\"\(name)\">\(SafeText.html(file.text))</pre></details>"
        }
        return
            "<h3>Configuration</h3><p class=\"note\">As it was rendered for this run, without authtokens and keys.</p>"
            + items.joined()
    }
}

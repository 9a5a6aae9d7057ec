import DocumentationTesting
import Foundation

/// A `yaml` block of a page, and the program that reads such files.
struct DocumentedFile {
    enum Kind {
        case edge, agent, scenarios, partOfScenario, recipes
        /// Read by tests of the target of the code that reads them, since no program does only that.
        case target, waivers, policy, requirements
    }

    let block: MarkdownPage.Block
    let kind: Kind?

    init(_ block: MarkdownPage.Block) {
        self.block = block
        let keys = Self.topKeys(of: block.lines)
        if block.lines.first == "# part of a scenario" {
            self.kind = .partOfScenario
        } else if keys.contains("processes") || keys.contains("extends") || keys.contains("listens") {
            self.kind = .target
        } else if block.lines.contains(where: { $0.hasPrefix("- cases:") }) {
            self.kind = .waivers
        } else if keys.contains("requirements") {
            self.kind = .requirements
        } else if keys.contains("on_tcp_connect") {
            self.kind = .policy
        } else if keys.contains("listen") {
            self.kind = .edge
        } else if keys.contains("server_addr") || keys.contains("tunnels") {
            self.kind = .agent
        } else if keys.contains("scenarios") || keys.contains("rule") {
            self.kind = .scenarios
        } else if block.lines.contains(where: { $0.hasPrefix("  subject:") }) {
            self.kind = .recipes
        } else {
            self.kind = nil
        }
    }

    /// What the first line calls it: `# edge.yaml`.
    var name: String? {
        guard let first = self.block.lines.first, first.hasPrefix("# "), first.hasSuffix(".yaml") else { return nil }
        return String(first.dropFirst(2))
    }

    /// The command that judges it, once it is written to `name` in the shell's folder.
    static func check(_ kind: Kind, name: String) -> String? {
        switch kind {
        case .edge: "shakedown-edge --config \(name) --check"
        case .agent: "shakedown-agent config check --config \(name)"
        case .scenarios, .partOfScenario: "shakedown list \(name)"
        // The command finds recipes in the folder Certs beside Scenarios.
        case .recipes:
            "mkdir -p one/Scenarios/Targets one/Certs && cp \(name) one/Certs && (cd one && shakedown certs --out out)"
        case .target, .waivers, .policy, .requirements: nil
        }
    }

    /// The file's text: a part of a scenario gets the keys that make a whole one of it.
    var text: String {
        guard self.kind == .partOfScenario else { return self.block.text }
        let own = Self.topKeys(of: self.block.lines)
        let rest = Self.plainScenario.filter { !own.contains($0.key) }
        return rest.map { "\($0.key): \($0.value)\n" }.joined() + self.block.text
    }

    private static let plainScenario: [(key: String, value: String)] = [
        ("id", "documentation.part"), ("title", "What the page shows, in a scenario"),
        ("rule", "{ document: RFC 6066, section: \"3\", level: must }"), ("roles", "[edge]"), ("engines", "openssl"),
        ("endpoints", "{ tenant: {} }"), ("client", "{ sni: \"${tenant.name}\" }"), ("exchange", "echo"),
        ("expect", "{ strict: { handshake: refused } }"),
    ]

    private static func topKeys(of lines: [String]) -> Set<String> {
        Set(
            lines.compactMap { line in
                guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else { return nil }
                return String(line[..<colon])
            }
        )
    }
}

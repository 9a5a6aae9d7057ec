/// One file that a target was configured with, short enough for a report and without secrets.
package struct ConfigurationExcerpt: Hashable, Sendable, Codable {
    /// Relative to the work directory: `edge.yaml`.
    package var name: String
    /// The beginning and the end, with a line between them that says how much is left out.
    package var text: String
    /// How many other files were made from the same template, which are not shown.
    package var likeIt: Int

    package init(name: String, text: String, likeIt: Int = 0) {
        self.name = name
        self.text = text
        self.likeIt = likeIt
    }
}

extension ConfigurationExcerpt {
    /// A configuration of thousands of endpoints is as long as they are many, and says the same of each.
    private static let lineLimits = (head: 160, tail: 60)
    private static let columnLimit = 400

    /// - Parameter secrets: texts that are never shown, such as authtokens.
    package init(name: String, whole text: String, secrets: [String]) {
        var shown = text
        for secret in secrets where !secret.isEmpty { shown = shown.replacing(secret, with: "(secret)") }
        let lines = Self.withoutKeys(shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            .map { $0.count > Self.columnLimit ? "\($0.prefix(Self.columnLimit)) …" : $0 }
        let (head, tail) = Self.lineLimits
        guard lines.count > head + tail + 1 else {
            self.init(name: name, text: lines.joined(separator: "\n"))
            return
        }
        let gap = "… \(lines.count - head - tail) lines left out …"
        self.init(name: name, text: (lines.prefix(head) + [gap] + lines.suffix(tail)).joined(separator: "\n"))
    }

    /// Keys are in files of their own, but a template may put one inside.
    private static func withoutKeys(_ lines: [String]) -> [String] {
        var kept: [String] = []
        var isInsideKey = false
        for line in lines {
            if line.contains("-----BEGIN"), line.contains("PRIVATE KEY-----") {
                isInsideKey = true
                kept.append("(private key)")
            }
            if !isInsideKey { kept.append(line) }
            if line.contains("-----END"), line.contains("PRIVATE KEY-----") { isInsideKey = false }
        }
        return kept
    }
}

package import Foundation

/// A page of the documentation, taken apart into what stands between its fences and under its headings.
package struct MarkdownPage: Sendable {
    package struct Block: Hashable, Sendable {
        /// The word behind the fence: `console`, `yaml`; empty without one.
        package let language: String
        package let lines: [String]
        /// Of its first line, counted from 1.
        package let line: Int
        /// The heading it stands under.
        package let heading: String

        package var text: String { self.lines.map { $0 + "\n" }.joined() }
    }

    private struct Section {
        let level: Int
        let title: String
        var lines: [String] = []
    }

    /// Below the checkout: `Docs/agent.md`.
    package let path: String
    package let blocks: [Block]
    private let sections: [Section]

    package init(path: String, text: String) {
        self.path = path
        var blocks: [Block] = []
        var sections = [Section(level: 0, title: "")]
        var open: (language: String, line: Int, lines: [String])?
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(
                        Block(
                            language: block.language,
                            lines: block.lines,
                            line: block.line,
                            heading: sections[sections.count - 1].title
                        )
                    )
                    open = nil
                } else {
                    open = (String(line.dropFirst(3)), index + 2, [])
                }
            } else if open != nil {
                open?.lines.append(line)
            } else if line.hasPrefix("#") {
                let level = line.prefix { $0 == "#" }.count
                sections.append(Section(level: level, title: String(line.dropFirst(level + 1))))
            } else {
                sections[sections.count - 1].lines.append(line)
            }
        }
        self.blocks = blocks
        self.sections = sections
    }

    /// The checkout.
    package static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    package static func read(_ path: String) throws -> MarkdownPage {
        MarkdownPage(path: path, text: try String(contentsOf: Self.root.appending(path: path), encoding: .utf8))
    }

    /// Every page: those of the checkout's own folder, and `Docs/`.
    package static func paths() throws -> [String] {
        let files = FileManager.default
        let top = try files.contentsOfDirectory(atPath: Self.root.path)
        let docs = try files.contentsOfDirectory(atPath: Self.root.appending(path: "Docs").path).map { "Docs/\($0)" }
        return (top + docs).filter { $0.hasSuffix(".md") }.sorted()
    }

    /// The page without its blocks.
    package var prose: String { self.sections.flatMap(\.lines).joined(separator: "\n") }

    package var headings: [String] { self.sections.dropFirst().map(\.title) }

    /// The prose below a heading, that of its sub-headings included; `nil` where there is no such heading.
    package func prose(under heading: String) -> String? {
        guard let index = self.sections.firstIndex(where: { $0.title == heading }) else { return nil }
        let level = self.sections[index].level
        let below = self.sections[(index + 1)...].prefix { $0.level > level }
        return ([self.sections[index]] + below).flatMap(\.lines).joined(separator: "\n")
    }

    /// Every word that stands in code, between backticks, in some prose: `a.b` and its parts `a` and `b`.
    package static func codeWords(in prose: String) -> Set<String> {
        var words: Set<String> = []
        for (index, span) in prose.components(separatedBy: "`").enumerated() where index % 2 == 1 {
            words.insert(span)
            for word in span.split(whereSeparator: { !($0.isLetter || $0.isNumber || "-_".contains($0)) }) {
                words.insert(String(word))
            }
        }
        return words
    }

    /// The anchor by which a link finds a heading.
    package static func anchor(of heading: String) -> String {
        String(
            heading.lowercased().compactMap { character -> Character? in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_"
                    ? character : nil
            }
        )
    }
}

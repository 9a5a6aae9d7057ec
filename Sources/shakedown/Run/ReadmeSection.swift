import Foundation
import ProgramKit
import Reports
import Verdicts

/// The part of a Markdown file between two markers, which holds the scores of the last publication.
struct ReadmeSection: Sendable {
    static let begin = "<!-- compatibility: begin -->"
    static let end = "<!-- compatibility: end -->"

    let file: URL
    private let before: String
    private let after: String

    /// - Throws: ``Complaint`` where the file cannot be read or has not one of each marker, the first before the second.
    init(in path: String) throws(Complaint) {
        self.file = URL(fileURLWithPath: path)
        guard let text = try? String(contentsOf: self.file, encoding: .utf8) else {
            throw Complaint("\(path) cannot be read", hint: "name a Markdown file", exitStatus: .usage)
        }
        let head = text.components(separatedBy: Self.begin)
        let tail = head.count == 2 ? head[1].components(separatedBy: Self.end) : []
        guard tail.count == 2 else {
            throw Complaint(
                "\(path) has no place for the scores",
                hint: "put a line '\(Self.begin)' and below it one '\(Self.end)' where they are to stand",
                exitStatus: .usage
            )
        }
        self.before = head[0] + Self.begin + "\n"
        self.after = Self.end + tail[1]
    }

    /// - Parameter published: the folder that links lead to.
    func fill(with compatibility: Compatibility, published: URL?) throws {
        let summary = CompatibilityMarkdown.summary(compatibility, folder: self.path(to: published))
        try WholeFile.write(Array((self.before + summary + "\n" + self.after).utf8), to: self.file.path)
    }

    /// Relative where the folder is below the file's own.
    private func path(to folder: URL?) -> String {
        guard let folder else { return "" }
        let base = self.file.deletingLastPathComponent().standardizedFileURL.path
        let path = folder.standardizedFileURL.path
        let prefix = base.hasSuffix("/") ? base : base + "/"
        let relative = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        return relative.hasSuffix("/") ? String(relative.dropLast()) : relative
    }
}

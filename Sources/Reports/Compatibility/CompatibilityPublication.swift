package import Foundation
import JSONText
import ProgramKit
package import Verdicts

/// What targets came to side by side, ready to be written: a page, Markdown, JSON and badges.
package struct CompatibilityPublication: Sendable {
    package let compatibility: Compatibility
    /// For each column.
    let profiles: [ColumnProfile]
    /// What the page's script reads.
    let details: JSONValue

    /// What `shakedown compat --json` prints, and `compatibility.json` holds.
    package func json() throws -> Data { try JSONWriter.pretty(self.compatibility) }

    /// The page, whole.
    package var page: String { CompatibilityPage.render(self) }

    package enum FileName {
        package static let html = "compatibility.html"
        package static let markdown = "compatibility.md"
        package static let json = "compatibility.json"
        /// The folder of the badges.
        package static let badges = "badges"

        package static let all: Set = [Self.html, Self.markdown, Self.json, Self.badges]
    }

    /// Writes it in all its forms. One that cannot be written keeps no other from being written.
    ///
    /// - Parameter folder: made if need be; the badges of an earlier one are replaced, other files stay.
    package func write(to folder: URL) throws(ReportDirectory.Unwritten) {
        try Folder.make(folder) { ReportDirectory.Unwritten(troubles: [$0]) }
        let badges = folder.appending(path: FileName.badges, directoryHint: .isDirectory)
        try Folder.make(badges) { ReportDirectory.Unwritten(troubles: [$0]) }
        var writers: [(file: URL, render: () throws -> Data)] = [
            (
                folder.appending(path: FileName.markdown),
                { Data(CompatibilityMarkdown.render(self.compatibility).utf8) }
            ),
            (folder.appending(path: FileName.json), { try self.json() }),
            (folder.appending(path: FileName.html), { Data(self.page.utf8) }),
        ]
        for badge in CompatibilityBadge.all(self.compatibility) {
            writers.append((badges.appending(path: badge.fileName), { Data(badge.svg.utf8) }))
        }
        var troubles: [String] = []
        for (file, render) in writers {
            do {
                try WholeFile.write(Array(render()), to: file.path)
            } catch {
                troubles.append(Complaint(explaining: error).message)
            }
        }
        guard troubles.isEmpty else { throw ReportDirectory.Unwritten(troubles: troubles) }
    }
}

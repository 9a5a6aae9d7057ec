package import Foundation
import JSONText
package import ProgramKit
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

/// `compatibility.json`, read back to tell what is different from then.
package enum CompatibilityFile {
    /// Reads a compatibility.json, or the one in a folder; `nil` where the folder has none, or the file is no such thing but may be
    /// a run.
    package static func read(_ url: URL) throws(Complaint) -> Compatibility? {
        var file = url
        let place = url.resolvingSymlinksInPath()
        if (try? place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true {
            file = place.appending(path: CompatibilityPublication.FileName.json)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        }
        guard let data = try? Data(contentsOf: file) else {
            throw Complaint(
                "\(file.path) cannot be read",
                hint: "name a \(CompatibilityPublication.FileName.json), the folder of one, or runs",
                exitStatus: .usage
            )
        }
        guard let header = try? JSONDecoder().decode(Header.self, from: data) else { return nil }
        guard header.schemaVersion == Compatibility.schemaVersion else {
            throw Complaint(
                "\(file.path) has schema version \(header.schemaVersion), and this program reads version "
                    + "\(Compatibility.schemaVersion)",
                exitStatus: .usage
            )
        }
        do {
            return try JSONDecoder().decode(Compatibility.self, from: data)
        } catch {
            throw Complaint(
                "\(file.path) was changed since it was written: \(Self.words(error))",
                hint: "make it again with `shakedown compat`",
                exitStatus: .usage
            )
        }
    }

    /// What tells it from a run, which has no letters.
    private struct Header: Decodable {
        var schemaVersion: Int
        var letters: [String: String]
        var madeAt: String
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return Complaint(explaining: error).message }
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)) lacks \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(place(context)): \(context.debugDescription)"
        @unknown default: "it cannot be read"
        }
    }
}

import Foundation
import ProgramKit
import Reports
import ScenarioModel
import Verdicts

/// Runs that were made before, found where somebody named them, and sorted by target and version.
///
/// Runs of one target in one version are put together where they have no case in common: parts of a whole. Where they have, the
/// newest counts.
struct ExistingRuns {
    private let groups: [Group]

    /// The runs of one target in one version, the newest first.
    private struct Group {
        var name: String
        var version: String
        var files: [(url: URL, startedAt: String)]
    }

    /// - Parameter paths: each a run.json, the folder of a run, or a folder of such folders.
    init(at paths: [String]) throws {
        var groups: [Group] = []
        var seen: Set<String> = []
        for path in paths {
            let files = Self.runs(at: URL(fileURLWithPath: path), depth: 2)
            guard !files.isEmpty else {
                throw Complaint(
                    "there is no run at \(path)",
                    hint: "name a run.json, the folder that a run wrote, or a folder of such folders",
                    exitStatus: .usage
                )
            }
            for file in files where seen.insert(file.resolvingSymlinksInPath().path).inserted {
                let outline = try RunFile.outline(of: file)
                let entry = (url: file, startedAt: outline.startedAt)
                if let index = groups.firstIndex(where: {
                    $0.name == outline.target.name && $0.version == outline.target.version
                }) {
                    groups[index].files.append(entry)
                } else {
                    groups.append(Group(name: outline.target.name, version: outline.target.version, files: [entry]))
                }
            }
        }
        for index in groups.indices { groups[index].files.sort { $0.startedAt > $1.startedAt } }
        self.groups = groups.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    var columnCount: Int { self.groups.count }

    /// Reads them, one column after the other.
    ///
    /// - Parameters:
    ///   - note: hears of runs that do not count.
    ///   - body: takes a column's run and its id.
    func forEach(note: (String) -> Void, _ body: (RunReport, String) throws -> Void) throws {
        for group in self.groups {
            let isAlone = self.groups.count { $0.name == group.name } == 1
            try body(try Self.whole(group, note: note), isAlone ? group.name : "\(group.name)-\(group.version)")
        }
    }

    private static func whole(_ group: Group, note: (String) -> Void) throws -> RunReport {
        var parts: [RunReport] = []
        var known: Set<String> = []
        for file in group.files {
            let report = try RunFile.read(file.url)
            let ids = Set(report.results.map(\.testCase.id))
            guard known.isDisjoint(with: ids) else {
                note("\(file.url.path) is left out: a newer run of \(group.name) has some of its cases")
                continue
            }
            known.formUnion(ids)
            parts.append(report)
        }
        if parts.count == 1 { return parts[0] }
        do {
            return try RunReport.merging(parts)
        } catch {
            throw Complaint(
                "runs of \(group.name) \(group.version) cannot be put together: \(error)",
                hint: "name one of them",
                exitStatus: .usage
            )
        }
    }

    /// The runs in a place, and so many folders below it.
    private static func runs(at place: URL, depth: Int) -> [URL] {
        let isFolder =
            (try? place.resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
        guard isFolder else { return FileManager.default.fileExists(atPath: place.path) ? [place] : [] }
        let run = place.appending(path: ReportDirectory.FileName.run)
        if FileManager.default.fileExists(atPath: run.path) { return [run] }
        guard depth > 0 else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        return names.sorted().flatMap { name -> [URL] in
            let inner = place.appending(path: name)
            let isFolder =
                (try? inner.resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
            return isFolder ? Self.runs(at: inner, depth: depth - 1) : []
        }
    }
}

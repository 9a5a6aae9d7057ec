import FolderTesting
import Foundation
import Reports
import Testing

@Suite("The folder of all runs")
struct RunHistoryTests {
    private static let start = Date(timeIntervalSince1970: 1_795_662_900)

    private static func names(_ folder: URL) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") })
    }

    /// A run that is through: its folder, with a report in it.
    private static func finish(_ history: RunHistory, after seconds: Int, target: String = "edge") throws -> URL {
        let folder = try history.begin(target: target, at: Self.start.addingTimeInterval(Double(seconds)))
        try Data("{}".utf8).write(to: folder.url.appending(path: "run.json"))
        return folder.url
    }

    @Test("runs of the same second have folders of their own, also when they begin at once")
    func sameSecond() async throws {
        try await withTemporaryFolder { root in
            let history = RunHistory(root: root.appending(path: "Reports"))
            let folders = try await withThrowingTaskGroup(of: RunFolder.self) { group in
                for _ in 0..<8 { group.addTask { try history.begin(target: "edge", at: Self.start) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let names = Set(folders.map(\.url.lastPathComponent))
            #expect(names.count == 8)
            #expect(names.isSuperset(of: ["20261126T031500Z-edge", "20261126T031500Z-edge-2"]))
        }
    }

    @Test("latest is a link to the newest run, and changes in one step")
    func latest() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            let link = root.appending(path: "latest").path
            for second in 0..<3 {
                let run = try history.begin(target: "edge", at: Self.start.addingTimeInterval(Double(second)))
                #expect(try history.pointLatest(at: run) == nil)
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == run.url.lastPathComponent)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.path).count == 4, "nothing else is left")
        }
    }

    @Test("the newest run of a target is found by its name, also in a matrix, if it wrote its run")
    func newest() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            #expect(history.newest(of: "envoy") == nil)
            let first = try Self.finish(history, after: 0, target: "envoy")
            let second = try Self.finish(history, after: 0, target: "envoy")
            _ = try Self.finish(history, after: 1, target: "envoy-late-dial")
            _ = try history.begin(target: "envoy", at: Self.start.addingTimeInterval(2))
            #expect(history.newest(of: "envoy")?.lastPathComponent == second.lastPathComponent)
            #expect(second != first)
            let matrix = try history.begin(target: RunHistory.matrix, at: Self.start.addingTimeInterval(3))
            let run = matrix.url.appending(path: "envoy")
            try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
            #expect(history.newest(of: "envoy")?.lastPathComponent == second.lastPathComponent)
            try Data("{}".utf8).write(to: run.appending(path: "run.json"))
            #expect(history.newest(of: "envoy")?.path == run.path)
            #expect(history.newest(of: "nginx") == nil)
        }
    }

    @Test("a folder in the place of latest is moved, with what is in it")
    func folderInPlace() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            let old = root.appending(path: "latest")
            try FileManager.default.createDirectory(at: old, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                at: root.appending(path: "latest-1"),
                withIntermediateDirectories: true
            )
            try Data("old".utf8).write(to: old.appending(path: "run.json"))
            let run = try history.begin(target: "edge", at: Self.start)
            let moved = try #require(try history.pointLatest(at: run))
            #expect(moved.lastPathComponent == "latest-2")
            #expect(try String(contentsOf: moved.appending(path: "run.json"), encoding: .utf8) == "old")
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: old.path)
            #expect(link == run.url.lastPathComponent)
        }
    }

    @Test("the oldest runs beyond the number go; what shakedown did not make, and what someone added to, stays")
    func prunes() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            for second in 0..<6 { _ = try Self.finish(history, after: second) }
            let annotated = try Self.finish(history, after: -1)
            try Data("look here".utf8).write(to: annotated.appending(path: "notes.txt"))
            let released = try Self.finish(history, after: -2)
            try FileManager.default.removeItem(at: released.appending(path: ".made-by-shakedown"))
            for name in ["Published", "20200101T000000Z-mine"] {
                let folder = root.appending(path: name)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data("{}".utf8).write(to: folder.appending(path: "run.json"))
            }
            history.prune(keeping: 2)
            #expect(
                try Self.names(root) == [
                    "20261126T031505Z-edge", "20261126T031504Z-edge", annotated.lastPathComponent,
                    released.lastPathComponent, "Published", "20200101T000000Z-mine",
                ]
            )
        }
    }

    @Test("a run under way keeps its folder, however old; one that died before it wrote anything does not")
    func living() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            let living = try history.begin(target: "living", at: Self.start.addingTimeInterval(-60))
            var dead: RunFolder? = try history.begin(target: "dead", at: Self.start.addingTimeInterval(60))
            _ = dead
            // The system lets go of a dead process's locks, as this does.
            dead = nil
            let finished = try Self.finish(history, after: 0)
            history.prune(keeping: 1)
            #expect(try Self.names(root) == [living.url.lastPathComponent, finished.lastPathComponent])
        }
    }

    @Test("a run that came to nothing leaves no folder, and one that wrote keeps it")
    func empty() throws {
        try withTemporaryFolder { root in
            let history = RunHistory(root: root)
            try history.begin(target: "edge", at: Self.start).removeIfEmpty()
            #expect(try Self.names(root).isEmpty)
            let run = try history.begin(target: "edge", at: Self.start)
            try Data().write(to: run.url.appending(path: "run.json"))
            run.removeIfEmpty()
            #expect(try Self.names(root) == [run.url.lastPathComponent])
        }
    }

    @Test("a place that cannot be written to is the user's to change")
    func refused() throws {
        try withTemporaryFolder { root in
            let file = root.appending(path: "file")
            try Data().write(to: file)
            let error = try #require(throws: (any Error).self) {
                _ = try RunHistory(root: file.appending(path: "Reports")).begin(target: "edge")
            }
            #expect("\(error)".contains("--report"))
            #expect("\(error)".contains("not a directory"), "\(error)")
        }
    }
}

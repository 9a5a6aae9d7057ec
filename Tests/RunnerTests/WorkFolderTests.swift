import FolderTesting
import Foundation
import Runner
import Testing

@Suite("Work folders")
struct WorkFolderTests {
    private static func contents(_ folder: URL) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }

    @Test("a folder is the user's alone, and goes with everything in it")
    func removed() throws {
        try withTemporaryFolder { temporary in
            let folder = try WorkFolder(target: "reference", isKept: false, in: temporary)
            let mode = try FileManager.default.attributesOfItem(atPath: folder.url.path)[.posixPermissions] as? Int
            #expect(mode == 0o700)
            let below = folder.url.appending(path: "certificates")
            try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
            try Data("key".utf8).write(to: below.appending(path: "edge.key"))
            #expect(folder.remove() == nil)
            #expect(folder.remove() == nil, "a second time there is nothing to do")
            #expect(try Self.contents(temporary).isEmpty)
        }
    }

    @Test("what a dead run left is swept; a living run's, a kept one and what is not ours stay")
    func sweeps() throws {
        try withTemporaryFolder { temporary in
            let living = try WorkFolder(target: "living", isKept: false, in: temporary)
            let keptURL = try WorkFolder(target: "kept", isKept: true, in: temporary).url
            var dead: WorkFolder? = try WorkFolder(target: "dead", isKept: false, in: temporary)
            let deadURL = try #require(dead?.url)
            try Data("key".utf8).write(to: deadURL.appending(path: "edge.key"))
            // The system lets go of a dead process's locks, as this does.
            dead = nil
            let others = ["shakedown-other", "something"]
            for name in others {
                try FileManager.default.createDirectory(
                    at: temporary.appending(path: name),
                    withIntermediateDirectories: false
                )
            }
            #expect(WorkFolder.sweep(in: temporary).isEmpty)
            let expected = Set([living.url.lastPathComponent, keptURL.lastPathComponent] + others)
            #expect(try Self.contents(temporary) == expected)
        }
    }

    @Test("a link in the place of a work folder is not followed")
    func links() throws {
        try withTemporaryFolder { temporary in
            let victim = temporary.appending(path: "victim")
            try FileManager.default.createDirectory(at: victim, withIntermediateDirectories: false)
            try Data().write(to: victim.appending(path: ".running"))
            try FileManager.default.createSymbolicLink(
                at: temporary.appending(path: "shakedown-x"),
                withDestinationURL: victim
            )
            #expect(WorkFolder.sweep(in: temporary).isEmpty)
            #expect(try Self.contents(temporary) == ["victim", "shakedown-x"])
        }
    }
}

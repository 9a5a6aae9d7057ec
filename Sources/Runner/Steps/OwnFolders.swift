import Foundation
import ProgramKit
import Synchronization

/// Work directories for targets of a case's own, below the run's, with paths short enough for sockets.
final class OwnFolders: Sendable {
    private let parent: URL
    private let count = Atomic(0)

    init(below parent: URL) {
        self.parent = parent
    }

    /// One that nobody else has, or had.
    func make() throws -> URL {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue
        let folder = self.parent.appending(path: "own-\(number)")
        try Folder.make(folder) { Complaint($0, hint: "make room, or name another folder in TMPDIR") }
        return folder
    }
}

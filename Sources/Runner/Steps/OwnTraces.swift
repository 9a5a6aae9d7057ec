import Foundation
import ProgramKit
import Synchronization

/// What is to be remembered of targets of a case's own when they are gone: where each had its folder, and which secrets it
/// wrote into its logs.
final class OwnTraces: Sendable {
    private let parent: URL
    private let count = Atomic(0)
    private let found = Mutex<[String]>([])

    init(below parent: URL) {
        self.parent = parent
    }

    /// A work directory that nobody else has, or had, with a path short enough for sockets.
    func makeFolder() throws -> URL {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue
        let folder = self.parent.appending(path: "own-\(number)")
        try Folder.make(folder) { Complaint($0, hint: "make room, or name another folder in TMPDIR") }
        return folder
    }

    func add(leaks: [String], of testCase: String) {
        self.found.withLock { $0 += leaks.map { "the target of \(testCase) alone: \($0)" } }
    }

    /// A sentence for each secret in a log, the cases in alphabetical order.
    var leaks: [String] { self.found.withLock { Array(Set($0)).sorted() } }
}

package import Foundation
import ProgramKit

/// The folder of one run below `Reports/`, which nobody else writes to.
///
/// Shakedown made it, and so may remove it when it has grown old. A mark in it says so, and is locked while the run lives.
package final class RunFolder: Sendable {
    package let url: URL
    private let lock: FileLock

    static let markName = ".made-by-shakedown"

    private static let mark = """
        shakedown run made this folder, and removes it once Reports/ holds enough newer ones (--keep-runs).
        To keep it, remove this file.

        """

    /// Takes over a folder that was just made; `nil` when it cannot be marked.
    init?(taking folder: URL) {
        let mark = folder.appending(path: Self.markName)
        guard let lock = FileLock(path: mark.path, isNew: true) else { return nil }
        do {
            try Data(Self.mark.utf8).write(to: mark)
        } catch {
            return nil
        }
        self.url = folder
        self.lock = lock
    }

    /// Removes the folder when the run came to nothing and so wrote nothing.
    package func removeIfEmpty() {
        guard Self.contents(of: self.url) == [Self.markName] else { return }
        // What cannot be removed now is swept by a later run.
        try? FileManager.default.removeItem(at: self.url)
    }

    /// The names in a folder, or none when it cannot be read.
    static func contents(of folder: URL) -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    }
}

package import Foundation
package import ProgramKit

/// The folder of one run's keys, configuration and logs: the user's alone, and gone with the run.
///
/// A run that is killed cannot remove its own. Its lock is free then, which is how the next run knows.
package final class WorkFolder: Sendable {
    package let url: URL
    private let lock: FileLock?

    private static let prefix = "shakedown-"
    private static let lockName = ".running"

    /// - Parameter isKept: Nobody sweeps it: it is left to whoever asked for it.
    package init(
        target: String,
        isKept: Bool,
        in temporary: URL = FileManager.default.temporaryDirectory
    ) throws(Complaint) {
        // A sweeper may take a folder away between its making and its locking; then there is another.
        for _ in 0..<4 {
            let name = "\(Self.prefix)\(target)-\(UUID().uuidString.prefix(8))"
            let folder = temporary.appending(path: name, directoryHint: .isDirectory)
            do {
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            } catch {
                throw Complaint(
                    "cannot make the run's work folder \(folder.path): \(Reason.text(of: error))",
                    hint: "name a folder that can be written to, and has room, in TMPDIR"
                )
            }
            if isKept {
                self.url = folder
                self.lock = nil
                return
            }
            guard let lock = FileLock(path: folder.appending(path: Self.lockName).path, isNew: true) else { continue }
            self.url = folder
            self.lock = lock
            return
        }
        throw Complaint(
            "cannot lock a work folder in \(temporary.path)",
            hint: "name a folder of a local file system, with room, in TMPDIR"
        )
    }

    /// Removes it with everything in it, whatever programs still write there; gives what kept it from going.
    package func remove() -> String? {
        var trouble: String?
        // Again, since a program on its way out may add a file in between.
        for _ in 0..<3 {
            guard FileManager.default.fileExists(atPath: self.url.path) else { return nil }
            do {
                try FileManager.default.removeItem(at: self.url)
                return nil
            } catch {
                trouble = "\(self.url.path): \(Reason.text(of: error))"
            }
        }
        return FileManager.default.fileExists(atPath: self.url.path) ? trouble : nil
    }

    /// Removes what runs of this user left that are no more, and gives what could not be removed.
    package static func sweep(in temporary: URL = FileManager.default.temporaryDirectory) -> [String] {
        let files = FileManager.default
        // Where there is no temporary folder, nothing is left in it; the run itself will say so.
        let names = (try? files.contentsOfDirectory(atPath: temporary.path)) ?? []
        return names.sorted().compactMap { name -> String? in
            guard name.hasPrefix(Self.prefix) else { return nil }
            let folder = temporary.appending(path: name, directoryHint: .isDirectory)
            guard Self.isFolder(folder.path),
                let lock = FileLock(path: folder.appending(path: Self.lockName).path, isNew: false)
            else { return nil }
            // Held until the folder is gone, so that no other sweeps it too.
            return withExtendedLifetime(lock) { () -> String? in
                do {
                    try files.removeItem(at: folder)
                    return nil
                } catch {
                    return "\(folder.path): \(Reason.text(of: error))"
                }
            }
        }
    }

    /// A folder, and no link to one.
    private static func isFolder(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }
}

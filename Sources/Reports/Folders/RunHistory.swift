package import Foundation
import Glibc
package import ProgramKit

/// The folder `Reports/`: a folder for each run that named none of its own, and `latest`, a link to the newest.
package struct RunHistory: Sendable {
    package let root: URL

    package static let latest = "latest"
    /// Enough to look back some days, and some hundred megabytes at most.
    package static let usualCount = 20

    package init(root: URL) { self.root = root }

    /// Makes the folder of a new run: `20261126T031500Z-haproxy`, or with a number behind it where another run began in
    /// the same second.
    package func begin(target: String, at start: Date = Date()) throws(Complaint) -> RunFolder {
        let time = start.ISO8601Format().filter { character in character.isLetter || character.isNumber }
        try Folder.make(self.root, orThrow: Self.complaint)
        var number = 1
        while true {
            let name = "\(time)-\(target)" + (number == 1 ? "" : "-\(number)")
            let folder = self.root.appending(path: name, directoryHint: .isDirectory)
            // mkdir fails where there is one already, and so no two runs have the same.
            guard makeFolder(folder.path) else {
                let trouble = errno
                if trouble == EEXIST, number < 1_000 {
                    number += 1
                    continue
                }
                throw Self.complaint("cannot make the folder \(folder.path): \(Reason.text(ofErrno: trouble))")
            }
            guard let made = RunFolder(taking: folder) else {
                // It is empty; should it stay, a later run sees that nothing is in it.
                try? FileManager.default.removeItem(at: folder)
                throw Self.complaint("cannot write in the folder \(folder.path)")
            }
            return made
        }
    }

    /// The newest run of a target that wrote what can be read back: a folder of its own, or one in a matrix.
    package func newest(of target: String) -> URL? {
        for name in RunFolder.contents(of: self.root).sorted(by: >) {
            let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            let folder = self.root.appending(path: name, directoryHint: .isDirectory)
            let ofTarget = Self.isName(parts[1], of: target) ? [folder] : []
            let isOfSeveral = [Self.matrix, Self.compatibility].contains { Self.isName(parts[1], of: $0) }
            let inMatrix = isOfSeveral ? [folder.appending(path: target)] : []
            let found = (ofTarget + inMatrix).first { run in
                FileManager.default.fileExists(atPath: run.appending(path: ReportDirectory.FileName.run).path)
            }
            if let found { return found }
        }
        return nil
    }

    /// What folders of several targets have in the place of one's name.
    package static let matrix = "matrix"
    /// The same of those that `shakedown compat` ran.
    package static let compatibility = "compat"

    /// `nginx`, and `nginx-2` of runs in one second.
    private static func isName(_ text: String, of target: String) -> Bool {
        guard text.hasPrefix(target) else { return false }
        let rest = text.dropFirst(target.count)
        return rest.isEmpty || rest.hasPrefix("-") && Int(rest.dropFirst()) != nil
    }

    private static func complaint(_ message: String) -> Complaint {
        Complaint(message, hint: "choose another folder with --report", exitStatus: .usage)
    }

    /// Points `latest` at a run in one step, so that there is no moment without it.
    ///
    /// - Returns: where something went that stood in its place and was no link, such as the folder that `--report
    ///   Reports/latest` made in earlier versions.
    package func pointLatest(at folder: RunFolder) throws(OutputError) -> URL? {
        let link = self.root.appending(path: Self.latest)
        let type = (try? FileManager.default.attributesOfItem(atPath: link.path))?[.type] as? FileAttributeType
        var moved: URL?
        if let type, type != .typeSymbolicLink { moved = try self.moveAway(link) }
        let fresh = self.root.appending(path: ".\(Self.latest).\(UUID().uuidString)")
        guard symlink(folder.url.lastPathComponent, to: fresh.path) else {
            throw OutputError(output: link.path, errorNumber: errno)
        }
        guard rename(fresh.path, to: link.path) else {
            let number = errno
            // The error that is thrown is the one that counts.
            try? FileManager.default.removeItem(at: fresh)
            throw OutputError(output: link.path, errorNumber: number)
        }
        return moved
    }

    /// To `latest-1` or the first number that is free.
    private func moveAway(_ place: URL) throws(OutputError) -> URL {
        var number = 1
        while true {
            let free = self.root.appending(path: "\(Self.latest)-\(number)")
            if !FileManager.default.fileExists(atPath: free.path) {
                guard rename(place.path, to: free.path) else {
                    throw OutputError(output: place.path, errorNumber: errno)
                }
                return free
            }
            number += 1
        }
    }

    /// Removes the oldest runs beyond a number, and the folders of runs that died before they wrote anything.
    ///
    /// Only folders that ``begin(target:at:)`` made are touched, and of these none with a file that is not a report's,
    /// and none whose run still goes on. What cannot be removed stays for the next run to try.
    package func prune(keeping count: Int) {
        var kept = 0
        // The names begin with the time, so the newest come first.
        for name in RunFolder.contents(of: self.root).sorted(by: >) {
            let folder = self.root.appending(path: name, directoryHint: .isDirectory)
            let contents = RunFolder.contents(of: folder)
            guard contents.contains(RunFolder.markName), !self.isLink(folder) else { continue }
            let reports = contents.subtracting([RunFolder.markName])
            if !reports.isEmpty { kept += 1 }
            guard reports.isEmpty || kept > count, self.areReports(reports, in: folder) else { continue }
            let mark = folder.appending(path: RunFolder.markName).path
            guard let lock = FileLock(path: mark, isNew: false) else { continue }
            _ = withExtendedLifetime(lock) { try? FileManager.default.removeItem(at: folder) }
        }
    }

    /// Whether nothing else is there than the reports of a run, or a matrix or compatibility page and its runs' folders.
    private func areReports(_ names: Set<String>, in folder: URL) -> Bool {
        if names.isSubset(of: ReportDirectory.FileName.all) { return true }
        let pages = MatrixDirectory.FileName.all.union(CompatibilityPublication.FileName.all)
        guard !names.isDisjoint(with: pages) else { return false }
        let badges = RunFolder.contents(of: folder.appending(path: CompatibilityPublication.FileName.badges))
        guard badges.allSatisfy({ $0.hasSuffix(".svg") }) else { return false }
        return names.subtracting(pages).allSatisfy { name in
            let run = RunFolder.contents(of: folder.appending(path: name, directoryHint: .isDirectory))
            return !run.isEmpty && run.isSubset(of: ReportDirectory.FileName.all)
        }
    }

    private func isLink(_ place: URL) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: place.path)) != nil
    }
}

// The three calls read their paths during the call only.
private func makeFolder(_ path: String) -> Bool { unsafe Glibc.mkdir(path, 0o777) == 0 }
private func symlink(_ destination: String, to path: String) -> Bool { unsafe Glibc.symlink(destination, path) == 0 }
private func rename(_ old: String, to new: String) -> Bool { unsafe Glibc.rename(old, new) == 0 }

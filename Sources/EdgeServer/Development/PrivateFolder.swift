import Foundation
package import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder that only its owner may enter, for one `shakedown-edge dev` at a time.
///
/// What others could have read or put there is refused and not mended: a CA whose key somebody else may have is worse than none,
/// and only its owner knows.
package final class PrivateFolder: Sendable {
    /// Absolute, so that what is printed or written with it can be used anywhere.
    package let path: String
    private let lock: FileLock

    /// Locked while a program uses the folder, and by being there the sign that the folder is one of these: nothing is ever
    /// written among somebody's other files.
    private static let lockName = ".shakedown-edge"

    /// Makes the folder, or takes one that is empty or was made like this.
    package init(_ path: String) throws(Complaint) {
        let url = URL(filePath: path).standardizedFileURL
        self.path = url.path(percentEncoded: false).trimmingSuffix("/")
        try Folder.make(url.deletingLastPathComponent()) { Complaint($0, hint: Self.hint, exitStatus: .usage) }
        // The path is read during the call only.
        if unsafe mkdir(self.path, 0o700) != 0, errno != EEXIST {
            throw Self.unusable("cannot make the folder \(self.path): \(Reason.text(ofErrno: errno))")
        }
        let mode = try Self.mode(ofOwn: self.path, kind: S_IFDIR, isPrivate: false)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: self.path)
        } catch {
            throw Self.unusable("cannot read the folder \(self.path): \(Reason.text(of: error))")
        }
        let isKnown = names.contains(Self.lockName)
        guard isKnown || names.isEmpty else {
            throw Self.unusable("the folder \(self.path) holds other files already")
        }
        if isKnown {
            try Self.check(mode, of: self.path, mend: "700")
        } else if unsafe chmod(self.path, 0o700) != 0 {
            throw Self.unusable("cannot close the folder \(self.path) to others: \(Reason.text(ofErrno: errno))")
        }
        let lockPath = "\(self.path)/\(Self.lockName)"
        if let lock = FileLock(path: lockPath, isNew: !isKnown) {
            self.lock = lock
        } else if unsafe isKnown || access(self.path, W_OK) == 0 {
            throw Complaint(
                "the folder \(self.path) is in use by another shakedown-edge dev",
                hint: "stop that one, or name another folder with --folder"
            )
        } else {
            throw Self.unusable("cannot write to the folder \(self.path): \(Reason.text(ofErrno: errno))")
        }
    }

    /// Where the folder is when nobody names one: below `XDG_STATE_HOME` (XDG Base Directory Specification), which must be
    /// absolute to count, else below `~/.local/state`.
    package static func usualPath(environment: [String: String]) throws(Complaint) -> String {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return "\(state.trimmingSuffix("/"))/shakedown-edge"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw Complaint("there is no home folder to keep a CA in", hint: self.hint, exitStatus: .usage)
        }
        return "\(home.trimmingSuffix("/"))/.local/state/shakedown-edge"
    }

    package func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// What a file holds; `nil` where there is none.
    ///
    /// - Parameter isPrivate: Refuses a file that others may read.
    package func read(_ name: String, isPrivate: Bool) throws(Complaint) -> [UInt8]? {
        let path = self.file(name)
        var status = stat()
        if unsafe lstat(path, &status) != 0, errno == ENOENT { return nil }
        _ = try Self.mode(ofOwn: path, kind: S_IFREG, isPrivate: isPrivate)
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Self.unusable("cannot read \(path): \(Reason.text(of: error))")
        }
    }

    /// Puts a file in place in one step.
    ///
    /// - Parameter isPrivate: Nobody else may read it, whatever becomes of the folder.
    package func write(_ text: String, to name: String, isPrivate: Bool) throws(Complaint) {
        do {
            try WholeFile.write(Array(text.utf8), to: self.file(name), mode: isPrivate ? 0o600 : 0o644)
        } catch {
            throw Self.unusable(error.description)
        }
    }

    private static let hint = "name a folder of your own, empty or not there yet, with --folder"

    private static func unusable(_ message: String) -> Complaint {
        Complaint(message, hint: self.hint, exitStatus: .usage)
    }

    /// The permissions of something that is of this kind and of this user.
    private static func mode(ofOwn path: String, kind: mode_t, isPrivate: Bool) throws(Complaint) -> mode_t {
        var status = stat()
        // The link of a folder may be the user's wish; a file of ours is no link. Both calls write one stat.
        let result = unsafe kind == S_IFDIR ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { throw self.unusable("cannot read \(path): \(Reason.text(ofErrno: errno))") }
        guard status.st_mode & S_IFMT == kind else {
            throw self.unusable("\(path) is no \(kind == S_IFDIR ? "folder" : "file")")
        }
        guard status.st_uid == geteuid() else { throw self.unusable("\(path) belongs to another user") }
        if isPrivate { try self.check(status.st_mode, of: path, mend: "600") }
        return status.st_mode
    }

    private static func check(_ mode: mode_t, of path: String, mend: String) throws(Complaint) {
        guard mode & 0o077 != 0 else { return }
        let octal = String(mode & 0o777, radix: 8)
        throw Complaint(
            "\(path) is open to others (mode \(octal)), who may have the CA's key or the authtoken",
            hint: "if nobody has looked, 'chmod \(mend) \(path)'; else remove the folder, and all of it is made anew",
            exitStatus: .usage
        )
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        self.count > suffix.count && self.hasSuffix(suffix) ? String(self.dropLast(suffix.count)) : self
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that is locked for as long as its owner lives, however that dies: so a later process can tell what was left
/// behind from what is in use.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: The file; its folder must be there.
    ///   - isNew: Makes the file, which must not be there yet.
    /// - Returns: `nil` when another holds it, when the file is another user's or cannot be opened, and when it was
    ///   taken away meanwhile.
    package init?(path: String, isNew: Bool) {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (isNew ? O_CREAT | O_EXCL : 0)
        // open reads the path during the call only.
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, Self.isOurs(descriptor, path) else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        // A child that is being spawned has a copy of the descriptor for a moment, with which the lock would stay.
        flock(self.descriptor, LOCK_UN)
        close(self.descriptor)
    }

    /// Someone who cleans up may have had the lock for a moment, and removed the file before we got it.
    private static func isOurs(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var present = stat()
        // Both calls write one stat, which lives for the call.
        guard unsafe fstat(descriptor, &opened) == 0, unsafe lstat(path, &present) == 0 else { return false }
        return opened.st_dev == present.st_dev && opened.st_ino == present.st_ino && opened.st_uid == geteuid()
    }
}

import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of the database, before SQLite opens it.
///
/// One that exists is never opened here: closing it again would give up the locks that SQLite holds on it for the whole process.
enum StoreFile {
    /// Refuses what is there and is no file of its owner's alone.
    static func check(_ path: String) throws(StoreError) {
        var status = stat()
        // The path is read, and one stat written, during the call only.
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw Self.unusable(path, errno) }
            return
        }
        try Privacy.check(status, of: path, called: "the store")
        // SQLite would say no more than that its disk fails. The path is read during the call only.
        guard unsafe access(path, R_OK | W_OK) == 0 else { throw Self.unusable(path, errno) }
    }

    /// Makes the file where there is none, for its owner alone; SQLite gives the journal the same mode.
    static func makeIfAbsent(_ path: String) throws(StoreError) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            close(descriptor)
            return
        }
        guard errno == EEXIST else { throw Self.unusable(path, errno) }
    }

    static func unusable(_ path: String, _ number: Int32) -> StoreError {
        let folder = Privacy.folder(of: path)
        let hint =
            number == ENOENT
            ? "make the folder, for this user alone: 'mkdir -m 700 \(folder)'"
            : "see that this user may write to it and to the folder \(folder), where the store's journal and lock are too"
        return StoreError(.unusable, "cannot open the store \(path): \(Reason.text(ofErrno: number))", hint: hint)
    }
}

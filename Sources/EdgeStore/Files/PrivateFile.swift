import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A small file that only its owner may read or write.
enum PrivateFile {
    /// What the file has; `nil` where there is none.
    ///
    /// A link is as good as the file: that is how secrets are mounted.
    ///
    /// - Parameter limit: More bytes than this are not read.
    static func read(
        _ path: String,
        atMost limit: Int,
        called name: String
    ) throws(StoreError) -> [UInt8]? {
        // What is no file must not hold up whoever opens it. The path is read during the call only.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw Self.unreadable(path, called: name, errno)
        }
        defer { close(descriptor) }
        var status = stat()
        // One stat is written during the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.unreadable(path, called: name, errno) }
        try Privacy.check(status, of: path, called: name)
        var bytes = [UInt8](repeating: 0, count: limit)
        // As many bytes are written at most as there is room for. Of a file as short as this, all comes at once.
        let count = unsafe pread(descriptor, &bytes, limit, 0)
        guard count >= 0 else { throw Self.unreadable(path, called: name, errno) }
        return Array(bytes.prefix(count))
    }

    /// Makes a file that is on the disk, whole, when this returns; one that is there already stays.
    static func makeIfAbsent(_ path: String, _ bytes: [UInt8], called name: String) throws(StoreError) {
        let half = "\(path).\(UInt64.random(in: .min ... .max))"
        do throws(SystemFailure) {
            try Self.write(bytes, to: half)
            defer {
                // What cannot be removed changes nothing about what was or was not made.
                _ = unsafe unlink(half)
            }
            // Unlike a renamed file a linked one replaces none. The paths are read during the call only.
            if unsafe link(half, path) != 0, errno != EEXIST { throw SystemFailure(number: errno) }
            try Self.synchronize(String(Privacy.folder(of: path)))
        } catch {
            throw StoreError(
                .unusable,
                "cannot make \(name) \(path): \(Reason.text(ofErrno: error.number))",
                hint: "see that its folder is there and that this user may write to it"
            )
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(SystemFailure) {
        // The path is read during the call only.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure(number: errno) }
        defer { close(descriptor) }
        // The bytes are read during the call.
        let count = unsafe pwrite(descriptor, bytes, bytes.count, 0)
        guard count == bytes.count, fsync(descriptor) == 0 else {
            // A part of so few bytes is all there was room for.
            let failure = SystemFailure(number: count < 0 || count == bytes.count ? errno : ENOSPC)
            _ = unsafe unlink(path)
            throw failure
        }
    }

    /// Brings the names in a folder to the disk.
    private static func synchronize(_ folder: String) throws(SystemFailure) {
        // The path is read during the call only.
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure(number: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemFailure(number: errno) }
    }

    private static func unreadable(_ path: String, called name: String, _ number: Int32) -> StoreError {
        StoreError(
            .unusable,
            "cannot read \(name) \(path): \(Reason.text(ofErrno: number))",
            hint: "see that this user may read it"
        )
    }
}

/// An `errno`.
private struct SystemFailure: Error {
    let number: Int32
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file beside a store that is locked while a process uses it, and says which one; the kernel unlocks it, however that ends.
///
/// SQLite's own locks keep others out too, but cannot say whom they are for.
final class StoreLock: Sendable {
    private let descriptor: Int32

    init(of store: String) throws(StoreError) {
        // The path is read during the call only.
        let descriptor = unsafe open("\(store)-lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StoreFile.unusable(store, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            defer { close(descriptor) }
            guard number == EWOULDBLOCK else { throw StoreFile.unusable(store, number) }
            let owner = Self.owner(descriptor).map { "process \($0)" } ?? "another process"
            throw StoreError(.inUse, "the store \(store) is in use by \(owner)", hint: StoreError.stopping)
        }
        self.descriptor = descriptor
        self.sign()
    }

    deinit {
        // Closing is not enough: a program that is just being started has a copy of the descriptor until its own begins.
        flock(self.descriptor, LOCK_UN)
        close(self.descriptor)
    }

    /// The file stays: were it removed, two could each have a lock, one on the old file and one on the new.
    private func sign() {
        let text = Array("\(getpid())\n".utf8)
        // The bytes are read during the call. A full disk must not keep a store from being read: its owner is not named then.
        _ = unsafe ftruncate(self.descriptor, 0) == 0 && pwrite(self.descriptor, text, text.count, 0) == text.count
    }

    private static func owner(_ descriptor: Int32) -> Int? {
        // Room for the longest number of a process.
        var text = [UInt8](repeating: 0, count: 20)
        // As many bytes are written at most as there is room for.
        let count = unsafe pread(descriptor, &text, text.count, 0)
        guard count > 0, text[count - 1] == UInt8(ascii: "\n") else { return nil }
        return Int(String(decoding: text.prefix(count - 1), as: UTF8.self))
    }
}

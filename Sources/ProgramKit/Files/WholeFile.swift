#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file that appears whole or not at all: it is written beside its place and renamed.
package enum WholeFile {
    /// Writes a file, or replaces one; the earlier one stays as it was when that fails.
    ///
    /// - Parameter mode: who may read and write it, less what the process's mask takes away.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o666) throws(OutputError) {
        let half = try HalfFile(of: path, mode: mode)
        do throws(OutputError) {
            try half.put(bytes)
            try half.finish()
        } catch {
            half.discard()
            throw error
        }
    }

    /// The same with bytes that come piece by piece, so that they need not all be in memory at once.
    ///
    /// - Throws: ``OutputError``, and whatever `pieces` throws.
    package static func write(
        to path: String,
        mode: UInt32 = 0o666,
        pieces: (_ put: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let half = try HalfFile(of: path, mode: mode)
        do {
            try pieces(half.put)
            try half.finish()
        } catch {
            half.discard()
            throw error
        }
    }
}

/// What is written so far, beside the file's place.
private final class HalfFile {
    private let path: String
    private let half: String
    private let descriptor: Int32
    private var isClosed = false

    init(of path: String, mode: UInt32) throws(OutputError) {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        self.path = path
        self.half = "\(path[..<slash]).\(path[slash...]).\(getpid())"
        // open reads the path during the call only.
        self.descriptor = unsafe open(
            self.half,
            O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
            mode_t(mode)
        )
        guard self.descriptor >= 0 else { throw OutputError(output: path, errorNumber: errno) }
    }

    func put(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The pointer is used within the closure and covers the rest.
            let count = unsafe rest.withUnsafeBytes { unsafe writeSome($0, self.descriptor) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw OutputError(output: self.path, errorNumber: errno) }
            rest = rest.dropFirst(count)
        }
    }

    func finish() throws(OutputError) {
        self.isClosed = true
        // Some file systems say only here that there was no room. rename reads the two paths during the call only.
        guard close(self.descriptor) == 0, unsafe rename(self.half, self.path) == 0 else {
            throw OutputError(output: self.path, errorNumber: errno)
        }
    }

    func discard() {
        if !self.isClosed { close(self.descriptor) }
        // A file that cannot be removed changes nothing about the error that brought us here.
        _ = unsafe unlink(self.half)
    }
}

private func writeSome(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Int {
    #if canImport(Glibc)
    unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
    unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
    unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
}

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
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let half = "\(path[..<slash]).\(path[slash...]).\(getpid())"
        do throws(OutputError) {
            try Self.writeNew(bytes, to: half, mode: mode)
            // rename reads the two paths during the call only.
            guard unsafe rename(half, path) == 0 else { throw OutputError(output: path, errorNumber: errno) }
        } catch {
            // Without the file there is nothing to remove; a file that cannot be removed changes nothing about the error.
            _ = unsafe unlink(half)
            throw OutputError(output: path, errorNumber: error.errorNumber)
        }
    }

    private static func writeNew(_ bytes: [UInt8], to path: String, mode: UInt32) throws(OutputError) {
        // open reads the path during the call only.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
        guard descriptor >= 0 else { throw OutputError(output: path, errorNumber: errno) }
        do throws(OutputError) {
            var rest = bytes[...]
            while !rest.isEmpty {
                // The pointer is used within the closure and covers the rest.
                let count = unsafe rest.withUnsafeBytes { unsafe Self.writeSome($0, descriptor) }
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw OutputError(output: path, errorNumber: errno) }
                rest = rest.dropFirst(count)
            }
        } catch {
            close(descriptor)
            throw error
        }
        // Some file systems say only here that there was no room.
        guard close(descriptor) == 0 else { throw OutputError(output: path, errorNumber: errno) }
    }

    private static func writeSome(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

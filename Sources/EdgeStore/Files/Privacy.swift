#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether a file is its owner's alone. What others could have read is refused and not mended: only its owner knows whether
/// somebody did.
enum Privacy {
    /// - Parameter name: What the file is to whoever reads the error, such as `the store`.
    static func check(_ status: stat, of path: String, called name: String) throws(StoreError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.unusable, "\(name) \(path) is no file", hint: Self.hint)
        }
        guard status.st_uid == geteuid() else {
            throw StoreError(.unusable, "\(name) \(path) belongs to another user", hint: Self.hint)
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw StoreError(
                .openToOthers,
                "\(name) \(path) is open to others (mode \(mode)), who may know what is in it",
                hint: "if nobody has looked, 'chmod 600 \(path)'; else replace the keys that it protects"
            )
        }
    }

    static let hint = "name a file of its own, which is made when it is not there yet"

    static func folder(of path: String) -> Substring {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : path[..<slash]
    }
}

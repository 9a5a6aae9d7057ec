import ProgramKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads small files, with errors for people.
package enum TextFile {
    /// 4 MiB: far above any configuration or CA bundle, far below what would hurt.
    private static let maximumSize = 4 << 20

    /// - Parameter what: As messages call it: `configuration`, `certificate`.
    package static func bytes(_ path: String, what: String) throws(ConfigurationError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ConfigurationError(
                "cannot read the \(what) \(path): \(Reason.text(of: error))",
                hint: "check the path, and that this user may read the file"
            )
        }
        guard data.count <= Self.maximumSize else {
            throw ConfigurationError("the \(what) \(path) is larger than 4 MiB")
        }
        return Array(data)
    }

    package static func read(_ path: String, what: String) throws(ConfigurationError) -> String {
        guard let text = String(validating: try Self.bytes(path, what: what), as: UTF8.self) else {
            throw ConfigurationError("the \(what) \(path) is no UTF-8 text")
        }
        return text
    }

    /// A path that a file names: relative to that file's folder, unless it is absolute.
    package static func path(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

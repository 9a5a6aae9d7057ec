import Foundation

/// A file of certificates or keys, as bytes.
enum CredentialFile {
    /// 4 MiB: the largest bundles of CAs have a tenth of it, and a wrong path must not fill the memory.
    private static let maximumSize = 4 << 20

    /// - Parameter what: what the file is for, as messages call it.
    static func bytes(_ path: String, what: String) throws(CredentialError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw CredentialError(
                "cannot read the \(what) \(path): \(Self.reason(error))",
                hint: "check the path, and that this user may read the file"
            )
        }
        guard data.count <= Self.maximumSize else {
            throw CredentialError("the \(what) \(path) is larger than 4 MiB")
        }
        return Array(data)
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "permission denied"
        default: "\(error)"
        }
    }
}

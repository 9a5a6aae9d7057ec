package import Foundation

extension Mint {
    /// Writes certificates as PEM files and returns the files, in the order they were written.
    ///
    /// For each name there are `NAME.pem` (the certificate alone), `NAME.chain.pem` (followed by its intermediates) and
    /// `NAME.key` (readable by its owner only). The folder is made when it is missing; older files are replaced.
    ///
    /// - Parameter names: Every recipe of the book where it is `nil`.
    @discardableResult
    package func writeAll(to directory: URL, names: [String]? = nil) throws -> [URL] {
        let certificates = try (names ?? self.book.names).map { (name: $0, minted: try self.credential(for: $0)) }
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            return try certificates.flatMap { try $0.minted.write(to: directory, name: $0.name) }
        } catch {
            throw RecipeError(
                .cannotWrite,
                "cannot write certificates to \(directory.path): \((error as NSError).localizedDescription)"
            )
        }
    }
}

extension MintedCertificate {
    fileprivate func write(to directory: URL, name: String) throws -> [URL] {
        let certificate = directory.appending(path: "\(name).pem")
        let chain = directory.appending(path: "\(name).chain.pem")
        let key = directory.appending(path: "\(name).key")
        try Data(self.certificatePEM.utf8).write(to: certificate)
        try Data(self.chainPEM.utf8).write(to: chain)
        // A key must never be readable by others, not even between writing it and changing its mode.
        try? FileManager.default.removeItem(at: key)
        let isCreated = FileManager.default.createFile(
            atPath: key.path,
            contents: Data(self.keyPEM.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isCreated else { throw CocoaError(.fileWriteUnknown) }
        return [certificate, chain, key]
    }
}

package import Foundation
internal import ProgramKit

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
        try Folder.make(directory) { RecipeError(.noFolder, $0) }
        return try certificates.flatMap { try $0.minted.write(to: directory, name: $0.name) }
    }
}

extension MintedCertificate {
    fileprivate func write(to directory: URL, name: String) throws -> [URL] {
        let certificate = directory.appending(path: "\(name).pem")
        let chain = directory.appending(path: "\(name).chain.pem")
        let key = directory.appending(path: "\(name).key")
        do {
            try WholeFile.write(Array(self.certificatePEM.utf8), to: certificate.path)
            try WholeFile.write(Array(self.chainPEM.utf8), to: chain.path)
            // A key must never be readable by others, not even between writing it and changing its mode.
            try WholeFile.write(Array(self.keyPEM.utf8), to: key.path, mode: 0o600)
        } catch {
            throw RecipeError(.cannotWrite, error.description)
        }
        return [certificate, chain, key]
    }
}

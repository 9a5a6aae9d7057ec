import CertificateRecipes
import Foundation
import ScenarioModel
import Targets

/// The certificates of a run: minted on demand, in memory for the harness's own engines and as files for the target.
final class Materials: Sendable {
    private let mint: Mint
    private let folder: URL

    init(mint: Mint, folder: URL) throws {
        self.mint = mint
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func credential(_ recipe: String) throws -> Credential {
        let minted = try self.mint.credential(for: recipe)
        return Credential(certificateChainPEM: minted.chainPEM, privateKeyPEM: minted.keyPEM)
    }

    func leaf(_ recipe: String) throws -> ByteString {
        ByteString(try self.mint.credential(for: recipe).leafDER)
    }

    /// Writes a recipe's chain and key, and gives their paths.
    func files(_ recipe: String) throws -> (certificate: String, key: String) {
        let minted = try self.mint.credential(for: recipe)
        let certificate = self.folder.appendingPathComponent("\(recipe).pem")
        let key = self.folder.appendingPathComponent("\(recipe).key")
        if !FileManager.default.fileExists(atPath: key.path) {
            try Data(minted.chainPEM.utf8).write(to: certificate)
            try Self.writePrivately(minted.keyPEM, to: key)
        }
        return (certificate.path, key.path)
    }

    /// Writes several CA recipes into one PEM file, as `--mutual-tls-cas` takes it.
    func bundle(_ recipes: [String]) throws -> String {
        let file = self.folder.appendingPathComponent(recipes.joined(separator: "+") + ".bundle.pem")
        if !FileManager.default.fileExists(atPath: file.path) {
            let text = try recipes.map { try self.mint.credential(for: $0).certificatePEM }.joined()
            try Data(text.utf8).write(to: file)
        }
        return file.path
    }

    private static func writePrivately(_ text: String, to file: URL) throws {
        let made = FileManager.default.createFile(
            atPath: file.path,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path]) }
    }
}

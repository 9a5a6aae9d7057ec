import CertificateRecipes
import Foundation
import ScenarioModel
import Targets

/// The certificates of a run: in memory for the harness's own engines, and as files for the target.
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

    /// The leaf of every recipe a server presents, by which a verdict tells who terminated.
    func leaves() throws -> [String: ByteString] {
        var leaves: [String: ByteString] = [:]
        for name in self.mint.book.names where ["edge-", "agent-", "upstream-"].contains(where: name.hasPrefix) {
            leaves[name] = ByteString(try self.mint.credential(for: name).leafDER)
        }
        return leaves
    }

    /// A recipe's chain and key.
    func files(_ recipe: String) throws -> (certificate: URL, key: URL) {
        let minted = try self.mint.credential(for: recipe)
        let certificate = self.folder.appending(path: "\(recipe).pem")
        let key = self.folder.appending(path: "\(recipe).key")
        if !FileManager.default.fileExists(atPath: key.path) {
            try Data(minted.chainPEM.utf8).write(to: certificate)
            // The folder is the user's alone, and so the key.
            try Data(minted.keyPEM.utf8).write(to: key)
        }
        return (certificate, key)
    }

    /// Several CA recipes in one PEM file, as `--mutual-tls-cas` takes it.
    func bundle(_ recipes: [String]) throws -> URL {
        let file = self.folder.appending(path: recipes.joined(separator: "+") + ".cas.pem")
        if !FileManager.default.fileExists(atPath: file.path) {
            let text = try recipes.map { try self.mint.credential(for: $0).certificatePEM }.joined()
            try Data(text.utf8).write(to: file)
        }
        return file
    }

    /// Everything that one endpoint's configuration names.
    func files(for plan: EndpointPlan) throws -> DeployedEndpoint.Files {
        let server = try self.files(
            plan.certificate ?? (plan.role.terminatingParty == .agent ? "agent-server" : "edge-server")
        )
        let upstreamCA: URL? =
            switch plan.upstreamVerification {
            case .off: nil
            case .against(let ca): try self.bundle([ca])
            }
        return DeployedEndpoint.Files(
            serverCertificate: server.certificate,
            serverKey: server.key,
            mutualTLSCAs: plan.mutualTLS.isEmpty ? nil : try self.bundle(plan.mutualTLS),
            upstreamCA: upstreamCA
        )
    }
}

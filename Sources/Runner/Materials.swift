import CertificateRecipes
import Foundation
import ProgramKit
import ScenarioModel
import Targets

/// The certificates of a run: in memory for the harness's own engines, and as files for the target.
final class Materials: Sendable {
    private let mint: Mint
    private let folder: URL

    init(mint: Mint, folder: URL) throws {
        self.mint = mint
        self.folder = folder
        try Folder.make(folder, orThrow: Self.complaint)
    }

    private static func complaint(_ message: String) -> Complaint {
        Complaint(message, hint: "make room, or name another folder in TMPDIR")
    }

    /// Files that hold keys are the user's alone, as their folder is.
    private static func write(_ text: String, to file: URL) throws(Complaint) {
        do {
            try WholeFile.write(Array(text.utf8), to: file.path, mode: 0o600)
        } catch {
            throw Self.complaint(error.description)
        }
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
            try Self.write(minted.chainPEM, to: certificate)
            try Self.write(minted.keyPEM, to: key)
        }
        return (certificate, key)
    }

    /// Several CA recipes in one PEM file, as `--mutual-tls-cas` takes it.
    func bundle(_ recipes: [String]) throws -> URL {
        let file = self.folder.appending(path: recipes.joined(separator: "+") + ".cas.pem")
        if !FileManager.default.fileExists(atPath: file.path) {
            let text = try recipes.map { try self.mint.credential(for: $0).certificatePEM }.joined()
            try Self.write(text, to: file)
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

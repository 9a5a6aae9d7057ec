import CertificateRecipes
import Checks
import Foundation
import JSONText
import ProgramKit
import ScenarioModel
import Synchronization
import Targets

/// The certificates of a run: in memory for the harness's own engines, and as files for the target.
final class Materials: Sendable {
    /// What an edge presents where no endpoint says otherwise, and nobody should see.
    private static let defaultRecipe = "edge-default"

    private let mint: Mint
    private let folder: URL
    /// By the recipe whose key it is, those that the target was given.
    private let givenKeys = Mutex<[String: String]>([:])
    private let own = Mutex(Own())

    private struct Owned: Hashable {
        var recipe: String
        var domain: String
    }

    /// What was made for one endpoint each.
    private struct Own {
        var leaves: [Owned: (leaf: ByteString, certificate: URL)] = [:]
        var fileNames: Set<String> = []
        /// What somebody else's edge presents.
        var adopted: [Owned: ByteString] = [:]
    }

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

    /// The private keys that the target was given, in PEM, by their recipe.
    var keys: [String: String] { self.givenKeys.withLock { $0 } }

    func credential(_ recipe: String) throws -> Credential {
        let minted = try self.mint.credential(for: recipe)
        return Credential(certificateChainPEM: minted.chainPEM, privateKeyPEM: minted.keyPEM)
    }

    /// What these cases' servers present, and the target to their upstreams, once their files are written.
    func serverCertificates(for cases: [Case]) throws -> ServerCertificates {
        var recipes: Set<String> = [Self.defaultRecipe]
        for testCase in cases {
            for endpoint in testCase.endpointPlans {
                recipes.insert(endpoint.upstream.certificate)
                if let recipe = endpoint.terminatingRecipe { recipes.insert(recipe) }
                if let recipe = endpoint.upstreamClientCertificate { recipes.insert(recipe) }
            }
            for alternative in testCase.expectation.alternatives {
                if let recipe = alternative.certificate { recipes.insert(recipe) }
                if case .recipe(let recipe)? = alternative.upstreamClientCertificate { recipes.insert(recipe) }
            }
        }
        var shared: [String: ByteString] = [:]
        for recipe in recipes { shared[recipe] = ByteString(try self.mint.credential(for: recipe).leafDER) }
        var certificates = ServerCertificates(shared)
        for recipe in recipes {
            let intermediates = try self.mint.credential(for: recipe).intermediates
            if !intermediates.isEmpty { certificates.set(intermediates.map { ByteString($0) }, of: recipe) }
        }
        for (owned, made) in self.own.withLock({ $0.leaves }) {
            certificates.add(made.leaf, recipe: owned.recipe, domain: owned.domain)
        }
        for (owned, leaf) in self.own.withLock({ $0.adopted }) {
            certificates.add(leaf, recipe: owned.recipe, domain: owned.domain)
        }
        return certificates
    }

    /// Takes what an edge presents that was not configured with a recipe of ours.
    func adopt(_ leaf: ByteString, role: Role, domain: String) {
        guard let recipe = EndpointPlan(key: "", domain: domain, role: role).terminatingRecipe else { return }
        self.own.withLock { $0.adopted[Owned(recipe: recipe, domain: domain)] = leaf }
    }

    /// A recipe's chain and key.
    func files(_ recipe: String) throws -> (certificate: URL, key: URL) {
        let certificate = self.folder.appending(path: "\(recipe).pem")
        let key = try self.keyFile(recipe)
        if !FileManager.default.fileExists(atPath: certificate.path) {
            try Self.write(try self.mint.credential(for: recipe).chainPEM, to: certificate)
        }
        return (certificate, key)
    }

    /// A client's chain and key, for a program that is a client: no target is given them.
    func clientFiles(_ recipe: String) throws -> (certificate: URL, key: URL) {
        let certificate = self.folder.appending(path: "\(recipe).client.pem")
        let key = self.folder.appending(path: "\(recipe).client.key")
        let minted = try self.mint.credential(for: recipe)
        try Self.write(minted.chainPEM, to: certificate)
        try Self.write(minted.keyPEM, to: key)
        return (certificate, key)
    }

    /// What an edge presents where no endpoint says otherwise.
    func defaultFiles() throws -> (certificate: URL, key: URL) { try self.files(Self.defaultRecipe) }

    /// The chain that the endpoint presents, which covers its names where its recipe takes names, and the recipe's key.
    private func files(for plan: EndpointPlan, names: [String]) throws -> (certificate: URL, key: URL) {
        guard let recipe = plan.terminatingRecipe else { return try self.defaultFiles() }
        guard try self.mint.book.recipe(named: recipe).takesNames else { return try self.files(recipe) }
        let owned = Owned(recipe: recipe, domain: plan.domain)
        // What a reload leaves as it was is the same certificate as before.
        if let known = self.own.withLock({ $0.leaves[owned] }) { return (known.certificate, try self.keyFile(recipe)) }
        let minted = try self.mint.credential(for: recipe, names: names)
        let certificate = self.own.withLock { own in
            let name = Self.fileName(recipe, plan.domain, besides: &own.fileNames)
            let certificate = self.folder.appending(path: name)
            own.leaves[owned] = (ByteString(minted.leafDER), certificate)
            return certificate
        }
        try Self.write(minted.chainPEM, to: certificate)
        return (certificate, try self.keyFile(recipe))
    }

    /// A name that none of these is, and that is added to them. The longest that file systems take has 255 bytes; of a longer
    /// domain the end has the case's label.
    static func fileName(_ recipe: String, _ domain: String, besides taken: inout Set<String>) -> String {
        let name = "\(recipe).\(domain.replacing("*", with: "_").suffix(160))"
        var number = 1
        while !taken.insert(number == 1 ? name : "\(name).\(number)").inserted { number += 1 }
        return (number == 1 ? name : "\(name).\(number)") + ".pem"
    }

    private func keyFile(_ recipe: String) throws -> URL {
        let key = self.folder.appending(path: "\(recipe).key")
        if !FileManager.default.fileExists(atPath: key.path) {
            let text = try self.mint.credential(for: recipe).keyPEM
            try Self.write(text, to: key)
            self.givenKeys.withLock { $0[recipe] = text }
        }
        return key
    }

    /// What `${RECIPE.pem}` stands for, a recipe's certificate alone, such as a CA's, and `${RECIPE.key}`, its key; `nil` for
    /// anything else.
    func pem(_ name: Substring) throws -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let recipe = String(name[..<dot])
        switch name[dot...] {
        case ".pem": return try self.mint.credential(for: recipe).certificatePEM
        case ".key":
            let text = try self.mint.credential(for: recipe).keyPEM
            self.givenKeys.withLock { $0[recipe] = text }
            return text
        default: return nil
        }
    }

    /// A traffic policy with the certificates that it names. Its own variables stay as they are.
    func policy(_ text: String) throws -> String {
        let value = try JSONValue(reading: Array(text.utf8)).mapTexts { text in
            try Placeholders.replaced(in: text) { try self.pem($0) ?? "${\($0)}" }
        }
        return String(decoding: value.encoded, as: UTF8.self)
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
    func files(for plan: EndpointPlan, of testCase: Case) throws -> DeployedEndpoint.Files {
        let server = try self.files(
            for: plan,
            names: plan.certificateNames(askedFor: testCase.clientPlans.compactMap(\.serverName))
        )
        let upstreamCA: URL? =
            switch plan.upstreamVerification {
            case .off: nil
            case .against(let ca): try self.bundle([ca])
            }
        let shown = try plan.upstreamClientCertificate.map { try self.files($0) }
        return DeployedEndpoint.Files(
            serverCertificate: server.certificate,
            serverKey: server.key,
            mutualTLSCAs: plan.mutualTLS.isEmpty ? nil : try self.bundle(plan.mutualTLS),
            upstreamCA: upstreamCA,
            upstreamClient: shown.map { .init(certificate: $0.certificate, key: $0.key) }
        )
    }
}

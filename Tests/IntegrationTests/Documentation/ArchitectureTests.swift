import DocumentationTesting
import Foundation
import Testing

/// Docs/architecture.md says that the judge shares no code with the judged beyond the floor and two readers of bytes.
@Suite("The architecture")
struct ArchitectureTests {
    private static let edge: Set = [
        "ACME", "AgentAPI", "AgentClient", "AgentProtocol", "AgentService", "CLibSSH", "EdgeAPI", "EdgeAPIClient",
        "EdgeAPIDescription", "EdgeControl", "EdgeCore", "EdgeEvents", "EdgeServer", "EdgeStore", "HTTPServing",
        "Muxado", "MuxadoChannel", "PrometheusMetrics", "Relaying", "SSHGateway",
        "TLSCredentials", "TrafficPolicy",
        "shakedown-agent", "shakedown-edge",
    ]
    private static let harness: Set = [
        "BoringSSLEngine", "ByteClient", "COpenSSL", "Capture", "CertificateRecipes", "Checks", "ClientPrograms",
        "Clients",
        "Exchanges",
        "Legs",
        "OpenSSLEngine", "Reports", "Runner", "ScenarioFiles", "ScenarioModel", "Supervision", "Targets", "Upstreams",
        "Verdicts", "shakedown",
    ]
    private static let shared: Set = [
        "Addresses", "CAllocator", "CLibCrypto", "ConfigurationFiles", "JSONText", "LibCrypto", "ProgramKit",
        "ProxyProtocol", "TLSWire",
    ]

    private static let sources = MarkdownPage.root.appending(path: "Sources")

    private static func targets() throws -> Set<String> {
        // Tools for those who change the programs are no part of them.
        let tools = /Fuzz.*|mutants/
        return Set(
            try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).filter {
                $0.wholeMatch(of: tools) == nil
            }
        )
    }

    /// The modules that a target's files import.
    private static func imports(of target: String) throws -> Set<String> {
        let folder = Self.sources.appending(path: target)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var modules: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            modules.formUnion(
                text.matches(of: /(?m)^(?:package |internal |public |@testable )?import (\w+)/).map { String($0.1) }
            )
        }
        return modules
    }

    @Test("every target is in one of the halves or under both")
    func isWhole() throws {
        #expect(try Self.targets() == Self.edge.union(Self.harness).union(Self.shared))
        #expect(Self.edge.isDisjoint(with: Self.harness))
    }

    @Test("neither half imports the other, and what is under both imports neither")
    func halves() throws {
        for target in Self.edge {
            #expect(try Self.imports(of: target).isDisjoint(with: Self.harness), "\(target)")
        }
        for target in Self.harness {
            #expect(try Self.imports(of: target).isDisjoint(with: Self.edge), "\(target)")
        }
        for target in Self.shared {
            #expect(try Self.imports(of: target).isDisjoint(with: Self.edge.union(Self.harness)), "\(target)")
        }
    }

    @Test("a C module has one importer, and so has the database")
    func importers() throws {
        for module in ["CAllocator", "COpenSSL", "CLibCrypto", "CLibSSH", "GRDB"] {
            #expect(try Self.targets().filter { try Self.imports(of: $0).contains(module) }.count == 1, "\(module)")
        }
    }

    @Test("the page has a word for every target")
    func page() throws {
        let words = MarkdownPage.codeWords(in: try MarkdownPage.read("Docs/architecture.md").prose)
        let programs: Set = ["shakedown", "shakedown-agent", "shakedown-edge"]
        #expect(try Self.targets().subtracting(programs).subtracting(words) == [])
    }
}

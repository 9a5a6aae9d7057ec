import FolderTesting
import Foundation
import Testing

@Suite("The evidence of a run", .serialized)
struct EvidenceTests {
    private let checkout: Checkout

    init() throws { self.checkout = try Checkout() }

    private func fields(_ arguments: String) async throws -> String {
        let outcome = try await self.checkout.shell("tshark \(arguments) 2>tshark.txt || cat tshark.txt")
        return outcome.output
    }

    @Test(
        "opens in tshark, each connection whole and decrypted by the secrets in the file",
        .enabled(if: Programs.isInstalled("tshark"), "install tshark"),
        arguments: ["openssl", "boringssl"]
    )
    func captures(engine: String) async throws {
        let cases = "routing.exact[role=*,engine=\(engine),version=*]"
        let run = try await self.checkout.run(["run", cases, "--evidence", "all", "--quiet"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let written = try await self.checkout.run(["evidence", "Reports/latest", "--out", "seen"])
        #expect(written.status == 0, "\(written.errors)")
        let folders = written.output.split(separator: "\n").map(String.init)
        #expect(folders.count == 10, "five roles, two versions")
        for folder in folders {
            let line = try await self.fields("-r \(folder)/client.pcapng -q -z follow,tls,ascii,0")
            #expect(line.contains("shakedown "), "the client's line, decrypted: \(folder): \(line)")
            let names = try await self.fields(
                "-r \(folder)/client.pcapng -Y tls.handshake.type==1 -T fields -e tls.handshake.extensions_server_name"
            )
            #expect(names.hasPrefix("tenant-"), "\(names)")
            // Reassembly finds nothing lost, doubled or out of order, and no checksum wrong.
            let wrong = try await self.fields(
                "-r \(folder)/client.pcapng -o tcp.check_checksum:TRUE -Y 'tcp.analysis.flags or tcp.checksum.status==0 or _ws.malformed'"
            )
            #expect(wrong.isEmpty, "\(wrong)")
            let isPassedOn = folder.contains("role=passthrough")
            let upstream = "-r \(folder)/upstream-tenant.pcapng -q -z follow,\(isPassedOn ? "tls" : "tcp"),ascii,0"
            let isPlain =
                folder.contains("role=edge") || folder.contains("role=agent_") || folder.contains("role=agent,")
            if isPassedOn || isPlain { #expect(try await self.fields(upstream).contains("shakedown ")) }
        }
        let folder = try #require(folders.first)
        let files = try FileManager.default.contentsOfDirectory(
            atPath: self.checkout.folder.url.appending(path: folder).path
        )
        #expect(
            Set(files) == [
                "client.pcapng", "upstream-tenant.pcapng", "keys.log", "hello.bin", "hello.txt", "trace.json",
                "repro.txt",
            ]
        )
    }

    @Test("of cases without bytes there is none, and that is said")
    func none() async throws {
        #expect(try await self.checkout.run(["run", "routing.exact", "--quiet"]).status == 0)
        var outcome = try await self.checkout.run(["evidence", "Reports/latest"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--evidence all"), "\(outcome.errors)")
        outcome = try await self.checkout.run(["evidence", "Reports/latest", "nothing.*"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("no case of the run is called so"), "\(outcome.errors)")
    }
}

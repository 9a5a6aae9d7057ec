import ClientPrograms
import Clients
import FolderTesting
import Foundation
import HangTesting
import ProcessTesting
import ScenarioModel
import Testing

enum OpenSSLProgram {
    static let isHere = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
}

/// OpenSSL's own client stands for all programs; what is told of others is in their files.
@Suite("Clients that are programs", .noHang, .enabled(if: OpenSSLProgram.isHere, "install openssl"))
struct ProgramConnectionTests {
    private static let head = """
        title: A client
        kind: library
        programs: { openssl: { install: "apt-get install openssl" } }
        version: { program: openssl, arguments: [version], pattern: "[0-9.]+" }
        abilities: [only-1.2]
        says: { not-verified: "verify error", alert-number: "SSL alert number ([0-9]+)" }

        """

    /// Plays one connection of a client whose arguments are these, at an upstream with nothing in between.
    private func play(
        _ arguments: String,
        _ change: (inout ClientPlan) -> Void = { _ in }
    ) async throws -> (client: ClientObservation, upstream: UpstreamObservation) {
        let folder = try TemporaryFolder()
        let place = folder.file("clients/sample")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let text = Self.head + "connect: { program: openssl, input: request, arguments: [\(arguments)] }\n"
        try Data(text.utf8).write(to: place.appending(path: "client.yaml"))
        let roster = try ClientRoster(directory: folder.file("clients"))
        let client = try #require(roster.find(installDirectory: folder.file("programs")).first)
        let kit = try await ClientKit.prepare(
            client,
            files: .init(authority: folder.file("ca.pem"), credential: nil),
            directory: folder.file("kit"),
            supervisor: ProcessTesting.supervisor
        )
        var plan = ClientPlan(engine: .program, serverName: "a.shakedown.test")
        plan.program = client.name
        change(&plan)
        let seen = try await Bench(exchange: .request, program: kit).run(plan)
        return (try #require(seen.clients.first), seen.upstream)
    }

    @Test(
        "a program gets the upstream's page, and all that it said on the wire is known",
        arguments: [
            "s_client, -quiet, -connect, '{{host}}:{{port}}', -servername, '{{name}}'",
            // One that cannot be told where to connect comes as to a proxy.
            "s_client, -quiet, -proxy, '{{host}}:{{port}}', -connect, '{{name}}:443', -servername, '{{name}}'",
        ]
    )
    func connects(_ arguments: String) async throws {
        let (client, upstream) = try await self.play(arguments)
        let connection = try #require(upstream.connections.first)
        #expect(client.exchangeCompleted)
        #expect(client.program?.account == .connected)
        #expect(client.handshake.isCompleted)
        #expect(client.handshake.version == .tls13)
        #expect(connection.exchangeCompleted)
        #expect(connection.handshake?.serverName == "a.shakedown.test")
        #expect(ConnectionMark.random(onWire: client.leg.sent.bytes) != nil)
        #expect(client.leg.sent.bytes.prefix(200) == connection.leg.received.bytes.prefix(200))
        // All but what either side said when it ended.
        let received = StreamMark(count: client.leg.receivedCount, digest: client.leg.receivedDigest)
        #expect(
            received == connection.leg.sentBeforeEnd
                || received == StreamMark(count: connection.leg.sentCount, digest: connection.leg.sentDigest)
        )
    }

    @Test("a program that does not believe the certificate says so, and gets no page")
    func doubts() async throws {
        let (client, _) = try await self.play(
            "s_client, -quiet, -connect, '{{host}}:{{port}}', -servername, '{{name}}', -verify_return_error, -verify, '1'"
        )
        #expect(!client.exchangeCompleted)
        #expect(client.program?.account == .notVerified)
        #expect(client.program?.status == 1)
    }

    @Test(
        "a program that does not do its part is nobody's failure",
        arguments: [
            ("version", "made no connection"),
            ("s_client, -quiet, -connect, '{{host}}:{{port}}', -servername, b.shakedown.test", "was to send the name"),
            ("s_client, -quiet, -connect, '{{host}}:{{port}}', -noservername", "was to send the name"),
        ]
    )
    func isUnable(_ arguments: String, _ sentence: String) async throws {
        let inability = try await #require(throws: ClientInability.self) { _ = try await self.play(arguments) }
        #expect(inability.description.contains(sentence))
    }

    @Test("a program that offers TLS 1.3 where it was to offer none has not done what it was asked")
    func isUnfaithful() async throws {
        let inability = try await #require(throws: ClientInability.self) {
            _ = try await self.play("s_client, -quiet, -connect, '{{host}}:{{port}}', -servername, '{{name}}'") {
                $0.maximumVersion = .tls12
            }
        }
        #expect(inability.description.contains("was to offer no TLS 1.3"))
    }
}

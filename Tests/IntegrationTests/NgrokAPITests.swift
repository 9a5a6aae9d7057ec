import FolderTesting
import Foundation
import Testing

/// ngrok's own client of its API, unmodified, works with our edge's.
@Suite("The package ngrok-api")
struct NgrokAPITests {
    @Test(
        "makes, reads, changes and deletes every object, and reads every field of every answer",
        .enabled(if: PythonPackage.api != nil, "PyPI cannot be reached, so the package `ngrok-api` is not there"),
        .enabled(if: Programs.isInstalled("openssl"), "install openssl")
    )
    func everything() async throws {
        let key = "key-of-the-test"
        let local = try await LocalEdge("api: { listen: \"127.0.0.1:0\" }", apiKey: key)
        try await local.serve()
        let mint = try await RunningProgram.run(
            Programs.path("shakedown"),
            ["certs", "--out", local.folder.url.path, "edge-server"],
            in: local.folder
        )
        #expect(mint.status == 0, "\(mint.errors)")
        let outcome = try await RunningProgram.run(
            "/usr/bin/env",
            [
                "python3", Programs.root.appending(path: "Tests/IntegrationTests/Python/ngrok_api.py").path,
                "http://\(try #require(local.api))", key, local.folder.url.path,
            ],
            in: local.folder,
            environment: ["PYTHONPATH": PythonPackage.api ?? ""],
            within: 120
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(#/^\d{2,} calls, 0 wrong\n$/#), "\(outcome.output)")
    }
}

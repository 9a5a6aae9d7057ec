package import Foundation
package import ScenarioModel

/// Self-signed certificates for tests, made by the `openssl` program and valid for a day.
package enum TestCredential {
    /// Made once per process: making a key takes longer than a handshake.
    package static let server = Result { try Self.make(commonName: "upstream.shakedown.test") }
    package static let client = Result { try Self.make(commonName: "client.shakedown.test") }

    package struct Failure: Error {
        package let output: String
    }

    package static func make(commonName: String) throws -> Credential {
        try Self.withTemporaryFolder { folder in
            let certificate = folder.appendingPathComponent("certificate.pem")
            let key = folder.appendingPathComponent("key.pem")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=\(commonName)", "-addext", "subjectAltName=DNS:\(commonName)", "-days", "1",
                "-keyout", key.path, "-out", certificate.path,
            ]
            let output = Pipe()
            process.standardError = output
            process.standardOutput = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Failure(output: String(decoding: text, as: UTF8.self))
            }
            return Credential(
                certificateChainPEM: try String(contentsOf: certificate, encoding: .utf8),
                privateKeyPEM: try String(contentsOf: key, encoding: .utf8)
            )
        }
    }

    /// A fresh folder, which is gone when the function returns.
    package static func withTemporaryFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("shakedown-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}

import Foundation

/// Packages from PyPI, each put into a folder of its own once for all tests: both of ngrok's call themselves `ngrok` in Python.
enum PythonPackage {
    /// Where to import the agent's SDK from; `nil` when it cannot be had.
    static let sdk = Self.install("ngrok==1.4.0", into: "python-ngrok", with: ["--no-deps"])
    /// Where to import the API's client from; `nil` when it cannot be had.
    static let api = Self.install("ngrok-api==0.19.0", into: "python-ngrok-api", with: [])

    /// Where to import the client of the agent's local API from; `nil` when it cannot be had.
    static let pyngrok = Self.install("pyngrok==7.3.0", into: "python-pyngrok", with: [], module: "pyngrok")

    private static func install(
        _ package: String,
        into name: String,
        with options: [String],
        module: String = "ngrok"
    ) -> String? {
        let folder = Programs.root.appending(path: ".build/\(name)").path
        let isThere = { FileManager.default.fileExists(atPath: "\(folder)/\(module)") }
        if isThere() { return folder }
        let pip = Process()
        pip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        pip.arguments = ["python3", "-m", "pip", "install", "--quiet"] + options + ["--target", folder, package]
        pip.standardOutput = FileHandle.nullDevice
        pip.standardError = FileHandle.nullDevice
        guard (try? pip.run()) != nil else { return nil }
        pip.waitUntilExit()
        return isThere() ? folder : nil
    }
}

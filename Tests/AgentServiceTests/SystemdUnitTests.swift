import AgentService
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("The unit of the agent's service")
struct SystemdUnitTests {
    @Test("starts every tunnel of the configuration, and no specifier or variable of systemd's is read into a path")
    func command() throws {
        let unit = try SystemdUnit(
            program: "/opt/my agent/shakedown-agent",
            configurations: ["/etc/50%/$HOME \"x\"\\.yaml", "/etc/b.yaml"],
            user: "tunnels"
        )
        let lines = unit.text.split(separator: "\n")
        #expect(
            lines.contains(
                #"ExecStart="/opt/my agent/shakedown-agent" "start" "--all" "--config" "/etc/50%%/$$HOME \"x\"\\.yaml" "--config" "/etc/b.yaml""#
            )
        )
        #expect(lines.contains("User=tunnels"))
        #expect(lines.contains("RestartPreventExitStatus=64"))
    }

    @Test("has no line of somebody else's making", arguments: ["/etc/a\nExecStartPre=/bin/x", "/etc/\u{7f}", ""])
    func lines(path: String) {
        #expect(throws: Complaint.self) { try SystemdUnit(program: "/bin/x", configurations: [path], user: nil) }
        #expect(throws: Complaint.self) { try SystemdUnit(program: "/bin/x", configurations: [], user: path) }
    }

    static var hasAnalyzer: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") }

    @Test("systemd finds nothing wrong in it", .enabled(if: Self.hasAnalyzer, "install systemd"))
    func verified() throws {
        let folder = try TemporaryFolder()
        let program = try folder.write("#!/bin/sh\n", to: "the 5% agent")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let unit = try SystemdUnit(program: program, configurations: ["/etc/$x/agent.yaml"], user: "root")
        let file = try folder.write(unit.text, to: "shakedown-agent.service")
        let analyzer = Process()
        let output = Pipe()
        analyzer.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        analyzer.arguments = ["verify", "--man=no", file]
        analyzer.standardOutput = output
        analyzer.standardError = output
        try analyzer.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        analyzer.waitUntilExit()
        // Machines have units of their own that it finds fault with.
        let ours = said.split(separator: "\n").filter { $0.contains("shakedown-agent") }
        #expect(ours == [])
    }
}

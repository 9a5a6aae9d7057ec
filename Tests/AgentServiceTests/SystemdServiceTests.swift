import AgentService
import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("The agent as a service of systemd")
struct SystemdServiceTests {
    private let folder: TemporaryFolder

    init() throws { self.folder = try TemporaryFolder() }

    private static func unit() throws -> SystemdUnit {
        try SystemdUnit(program: "/usr/bin/shakedown-agent", configurations: ["/etc/agent.yaml"], user: nil)
    }

    /// A systemctl that writes down what it is asked, and ends as it is told.
    private func service(status: Int32 = 0, isBooted: Bool = true) throws -> SystemdService {
        let script = "echo \"$@\" >>\(self.folder.path("asked")); exit \(status)"
        return SystemdService(
            folder: self.folder.url.path,
            runtimeFolder: isBooted ? self.folder.url.path : self.folder.path("none"),
            systemctl: ["sh", "-c", script, "systemctl"]
        )
    }

    private var asked: [String] {
        let text = try? String(contentsOf: self.folder.file("asked"), encoding: .utf8)
        return text?.split(separator: "\n").map(String.init) ?? []
    }

    @Test("is installed for the machine's start, started, stopped and removed")
    func life() throws {
        let service = try self.service()
        try service.install(try Self.unit())
        #expect(try String(contentsOfFile: service.unitFile, encoding: .utf8) == (try Self.unit().text))
        #expect(self.asked == ["daemon-reload", "enable shakedown-agent.service"])
        for action in [SystemdService.Action.start, .restart, .stop] { try service.perform(action) }
        #expect(
            self.asked.suffix(3) == [
                "start shakedown-agent.service", "restart shakedown-agent.service", "stop shakedown-agent.service",
            ]
        )
        try service.uninstall()
        #expect(self.asked.suffix(2) == ["disable --now shakedown-agent.service", "daemon-reload"])
        #expect(!FileManager.default.fileExists(atPath: service.unitFile))
        let complaint = try #require(throws: Complaint.self) { try service.perform(.start) }
        #expect(complaint.message.contains("not installed"))
    }

    @Test("a machine without systemd is told so, and nothing is written")
    func withoutSystemd() throws {
        let service = try self.service(isBooted: false)
        for attempt in [{ try service.install(try Self.unit()) }, { try service.perform(.start) }, service.uninstall] {
            let complaint = try #require(throws: Complaint.self) { try attempt() }
            #expect(complaint.message.contains("not run by systemd"))
        }
        #expect(!FileManager.default.fileExists(atPath: service.unitFile))
        #expect(self.asked == [])
    }

    @Test("a folder where nobody may write is named, with what to do")
    func rights() throws {
        let folder = self.folder.path("no/such/folder")
        let service = SystemdService(folder: folder, runtimeFolder: self.folder.url.path)
        let complaint = try #require(throws: Complaint.self) { try service.install(try Self.unit()) }
        #expect(complaint.message.contains(folder))
        #expect(complaint.hint?.contains("root") == true)
    }

    @Test("what systemctl refuses is an error")
    func refusal() throws {
        let complaint = try #require(throws: Complaint.self) {
            try self.service(status: 4).install(try Self.unit())
        }
        #expect(complaint.message == "'systemctl daemon-reload' ended with 4")
    }
}

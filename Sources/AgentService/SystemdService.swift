import Foundation
package import ProgramKit

/// The agent as a service of this machine's systemd.
package struct SystemdService: Sendable {
    package enum Action: String, Sendable {
        case start, stop, restart
    }

    private static let unitName = "shakedown-agent.service"

    private let folder: String
    private let runtimeFolder: String
    private let systemctl: [String]

    /// - Parameters:
    ///   - folder: Where the administrator's units are (systemd.unit(5)).
    ///   - runtimeFolder: It is there exactly where systemd runs the machine (sd_booted(3)).
    ///   - systemctl: The program, and what stands in front of its arguments.
    package init(
        folder: String = "/etc/systemd/system",
        runtimeFolder: String = "/run/systemd/system",
        systemctl: [String] = ["systemctl"]
    ) {
        self.folder = folder
        self.runtimeFolder = runtimeFolder
        self.systemctl = systemctl
    }

    package var unitFile: String { "\(self.folder)/\(Self.unitName)" }

    /// Writes the unit, or another in its place, and has it started with the machine.
    package func install(_ unit: SystemdUnit) throws(Complaint) {
        try self.checkSystemd()
        do throws(OutputError) {
            try WholeFile.write(Array(unit.text.utf8), to: self.unitFile, mode: 0o644)
        } catch {
            throw Complaint("the unit cannot be written: \(error)", hint: Self.rightsHint)
        }
        try self.run(["daemon-reload"])
        try self.run(["enable", Self.unitName])
    }

    /// Stops it and removes the unit.
    package func uninstall() throws(Complaint) {
        try self.checkInstalled()
        try self.run(["disable", "--now", Self.unitName])
        do {
            try FileManager.default.removeItem(atPath: self.unitFile)
        } catch {
            throw Complaint(
                "the unit \(self.unitFile) cannot be removed: \(Reason.text(of: error))",
                hint: Self.rightsHint
            )
        }
        try self.run(["daemon-reload"])
    }

    package func perform(_ action: Action) throws(Complaint) {
        try self.checkInstalled()
        try self.run([action.rawValue, Self.unitName])
    }

    private static let rightsHint = "run it as root, or with --dry-run to see the unit"

    private func checkSystemd() throws(Complaint) {
        guard FileManager.default.fileExists(atPath: self.runtimeFolder) else {
            throw Complaint(
                "this machine is not run by systemd",
                hint: "'shakedown-agent service install --dry-run' prints what another supervisor is to run"
            )
        }
    }

    private func checkInstalled() throws(Complaint) {
        try self.checkSystemd()
        guard FileManager.default.fileExists(atPath: self.unitFile) else {
            throw Complaint(
                "the service is not installed: there is no \(self.unitFile)",
                hint: "run 'shakedown-agent service install --config agent.yaml'"
            )
        }
    }

    private func run(_ arguments: [String]) throws(Complaint) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = self.systemctl + arguments
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw Complaint("systemctl cannot be started: \(Reason.text(of: error))")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            // It has said why on standard error, which is ours too.
            throw Complaint(
                "'systemctl \(arguments.joined(separator: " "))' ended with \(process.terminationStatus)",
                hint: "'journalctl -u shakedown-agent' has what the agent said; only root may change services"
            )
        }
    }
}

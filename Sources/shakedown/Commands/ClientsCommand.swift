import ArgumentParser
import ClientPrograms
import Foundation
import ProgramKit

struct ClientsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Lists the TLS stacks that can be clients of a run, and installs some of them.",
        discussion: """
            EXAMPLES
              shakedown clients                        what is here, and how to get the rest
              shakedown clients --install curl-cffi    fetches what needs no administrator
              shakedown run --clients all              puts an edge to the test with all that are here

            What is installed goes into the checkout's folder .programs, from PyPI; it needs no administrator, and replaces what
            was there.
            """
    )

    @Option(name: .customLong("install"), help: "Installs the packages of this client; may be repeated.")
    var installed: [String] = []

    @Flag(help: "A JSON array.") var json = false

    func run() async throws {
        try await Ending.of {
            let resources = try Resources.locate()
            let roster = try ClientRoster(directory: resources.clients)
            for name in self.installed {
                try ClientInstaller.install(name, of: roster, into: resources.programs) {
                    StandardStreams.say("shakedown: \($0)\n")
                }
            }
            var clients = roster.find(installDirectory: resources.programs)
            if !self.installed.isEmpty { clients.removeAll { !self.installed.contains($0.description.name) } }
            let text = self.json ? try Self.json(clients) : Self.listing(clients)
            try CheckedOutput.standardOutput.write(text)
            return .success
        }
    }

    /// A line for each client: what it is here, or what makes it usable.
    private static func listing(_ clients: [ClientProgram]) -> String {
        let width = clients.map(\.name.count).max() ?? 0
        let lines = clients.map { client in
            let state =
                switch client.found {
                case .here: client.title
                case .missing(let reason, let remedy): "\(reason); \(remedy)"
                }
            return client.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + state + "\n"
        }
        let count = clients.count(where: \.isHere)
        return lines.joined() + "\(count) of \(clients.count) clients are here\n"
    }

    private struct Entry: Encodable {
        var name: String
        var title: String
        var kind: String
        var isHere: Bool
        var version: String?
        var abilities: [String]
        var missing: String?
        var remedy: String?
    }

    private static func json(_ clients: [ClientProgram]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let entries = clients.map { client in
            var entry = Entry(
                name: client.name,
                title: client.title,
                kind: client.description.kind.rawValue,
                isHere: client.isHere,
                abilities: client.abilities.map(\.rawValue).sorted()
            )
            switch client.found {
            case .here(let place): entry.version = place.version
            case .missing(let reason, let remedy): (entry.missing, entry.remedy) = (reason, remedy)
            }
            return entry
        }
        return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
    }
}

extension ClientProgram {
    fileprivate var isHere: Bool {
        if case .here = self.found { true } else { false }
    }
}

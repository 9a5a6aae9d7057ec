package import Foundation
internal import ProgramKit

/// Puts the packages of clients into the checkout, for nobody else on the machine and without its administrator.
package enum ClientInstaller {
    static func folder(of client: String, in directory: URL) -> URL { directory.appending(path: "clients/\(client)") }

    /// Installs what can be installed without a person, and replaces what an earlier installation left.
    ///
    /// - Parameter say: Hears each command before it is run.
    /// - Throws: ``ClientProgramError``, also for a client of which nothing can be installed like this.
    package static func install(
        _ name: String,
        of roster: ClientRoster,
        into directory: URL,
        say: (String) -> Void
    ) throws {
        guard let description = roster.descriptions.first(where: { $0.name == name }) else {
            throw ClientProgramError("there is no client '\(name)'", hint: "`shakedown clients` lists them")
        }
        let packages = description.programs.values.flatMap { installation -> [String] in
            if case .pip(let packages) = installation { packages } else { [] }
        }
        guard !packages.isEmpty else {
            let commands = description.programs.values.compactMap { installation -> String? in
                if case .byHand(let command) = installation { command } else { nil }
            }
            throw ClientProgramError(
                "nothing of \(description.title) can be installed into the checkout",
                hint: Set(commands).sorted().joined(separator: "; ")
            )
        }
        let place = Self.folder(of: name, in: directory)
        let workshop = place.deletingLastPathComponent().appending(path: ".\(name).\(getpid())")
        let complaint = { ClientProgramError($0) }
        try Folder.make(workshop, orThrow: complaint)
        defer { try? FileManager.default.removeItem(at: workshop) }
        let command = ["/usr/bin/env", "python3", "-m", "pip", "install", "--quiet", "--target", workshop.path]
        say((command.dropFirst() + packages).joined(separator: " "))
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst()) + packages
        do {
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw complaint("pip ended with status \(process.terminationStatus)")
            }
            if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
            try FileManager.default.moveItem(at: workshop, to: place)
        } catch let error as ClientProgramError {
            throw error
        } catch {
            throw complaint("cannot install \(name): \(Reason.text(of: error))")
        }
    }
}

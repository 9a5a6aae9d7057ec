import AgentClient
import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit

extension ConfigCommand {
    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens a file in an editor, and takes what was written if it is right.",
            discussion: """
                  shakedown-agent config edit --config agent.yaml

                The editor is $VISUAL, else $EDITOR, else vi. It edits a copy beside the file, so that an agent which reads its
                files again never meets half a change.
                """
        )

        @OptionGroup
        var place: EditedFile

        func run() throws {
            let path = self.place.config
            let before = try TextFile.read(path, what: "configuration")
            let copy = Self.copy(of: path)
            try WholeFile.write(Array(before.utf8), to: copy, mode: 0o600)
            try Self.edit(copy)
            let after = try TextFile.read(copy, what: "configuration")
            guard after != before else {
                try FileManager.default.removeItem(atPath: copy)
                try CheckedOutput.standardOutput.write("\(path): is as it was\n")
                return
            }
            do {
                let tunnels = try AgentFile.parse(after, file: copy).namedTunnels()
                for tunnel in tunnels.values.sorted(by: { $0.name < $1.name }) { _ = try Tunnel(tunnel) }
            } catch {
                let hint = "\(path) is as it was; what was written is in \(copy)"
                throw ConfigurationError(
                    error.message,
                    at: error.place,
                    hint: error.hint.map { "\($0); \(hint)" } ?? hint
                )
            }
            try self.place.write(after)
            try FileManager.default.removeItem(atPath: copy)
            try CheckedOutput.standardOutput.write("\(path): is changed\n")
        }

        /// In the same folder, so that the paths in it mean the same.
        private static func copy(of path: String) -> String {
            let file = URL(filePath: path)
            return file.deletingLastPathComponent().appending(path: ".edited-\(file.lastPathComponent)").path
        }

        /// Not by Foundation, which starts programs apart from the terminal, where no editor can be used.
        private static func edit(_ path: String) throws {
            let environment = ProcessInfo.processInfo.environment
            let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
            // system reads the text during the call only.
            let status = unsafe system("\(editor) \(ShellWords([path]).text)")
            guard status == 0 else {
                throw Complaint(
                    "the editor '\(editor)' did not end well, and the file is as it was",
                    hint: "set VISUAL or EDITOR to another; what was written is in \(path)"
                )
            }
        }
    }
}

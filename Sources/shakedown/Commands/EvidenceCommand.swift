import ArgumentParser
import ConfigurationFiles
import Foundation
import ProgramKit
import Reports
import ScenarioModel
import Verdicts

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Writes what the cases of a run saw as captures, for Wireshark and others.",
        discussion: """
            EXAMPLES
              shakedown evidence Reports/latest
              shakedown evidence Reports/latest 'framing.*' --out findings

            Of each case a folder: client.pcapng and upstream-….pcapng, with the secrets of TLS inside, so that they open decrypted;
            keys.log; the first hello as bytes and annotated; trace.json, all that was seen; repro.txt, the command that plays it
            again. They are made from what the harness itself sent and read, so no rights are needed. Of cases that passed a run
            keeps the bytes only with `--evidence all`.
            """
    )

    @Argument(help: "The run: a folder that it wrote, or its run.json.") var run: String
    @Argument(help: "Globs over scenario and case ids. Default: every case of which there are bytes.")
    var cases: [String] = []
    @Option(name: .customLong("out"), help: "Where to write a folder for each case.") var folder = "evidence"

    func run() async throws { try await Ending.of(self.perform) }

    private func perform() throws -> ExitStatus {
        let report = try RunFile.read(URL(fileURLWithPath: self.run))
        let globs = self.cases.map(Glob.init)
        let selected = report.results.filter { result in
            globs.isEmpty || globs.contains { $0.matches(result.testCase.id) || $0.matches(result.testCase.scenario) }
        }
        let folders = selected.compactMap { EvidenceFolder($0, of: report) }
        guard !folders.isEmpty else {
            throw Complaint(
                selected.isEmpty ? "no case of the run is called so" : "the run kept no bytes of these cases",
                hint: selected.isEmpty
                    ? "`shakedown list` prints the ids"
                    : "run it with --evidence all to keep those of cases that passed",
                exitStatus: .usage
            )
        }
        let place = URL(fileURLWithPath: self.folder, isDirectory: true)
        for folder in folders { try folder.write(below: place) }
        try CheckedOutput.standardOutput.write(folders.map { "\(self.folder)/\($0.name)\n" }.joined())
        return .success
    }
}

import AgentClient
import ArgumentParser
import ProgramKit

/// `shakedown-agent diagnose --server-addr edge.example.com:4443`
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Goes the way to the edge one step at a time, and says which one fails and what to do.",
        discussion: """
            No account is needed, and the edge is told of none:

              shakedown-agent diagnose --server-addr edge.example.com:4443

            It ends with 1 where a step has failed.
            """
    )

    @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Dial IPv6 addresses only.")
    var isIPv6Only = false

    @Flag(help: "Print one JSON object when all is done.")
    var json = false

    @Option(
        name: [.customShort("w"), .long],
        help: ArgumentHelp("Write that JSON object to a file as well.", valueName: "file")
    )
    var writeReport: String?

    @OptionGroup
    var edge: EdgeOptions

    func run() async throws {
        let access = try EdgeAccess(try self.edge.settings())
        let output = CheckedOutput.standardOutput
        let isJSON = self.json
        let diagnosis = try await EdgeProbe(access, isIPv6Only: self.isIPv6Only).run { step in
            if !isJSON { try output.write(step.text) }
        }
        let report = diagnosis.report
        if let path = self.writeReport {
            do {
                try WholeFile.write(Array(report.utf8), to: path)
            } catch {
                throw Complaint("the report cannot be written: \(error)")
            }
        }
        if isJSON { try output.write(report) }
        guard diagnosis.failure == nil else { throw Complaint(diagnosis.summary) }
        if !isJSON { try output.write("\(diagnosis.summary)\n") }
    }
}

import Capture
package import Foundation
import ProgramKit
import ScenarioModel
import TLSWire
package import Verdicts

/// What one case saw, as files for other programs: captures of each connection, the secrets to read them, the hello.
package struct EvidenceFolder: Sendable {
    /// Whose name the folder has: the case's id, with what file systems dislike left out.
    package let name: String
    private let files: [(name: String, bytes: [UInt8])]

    /// - Returns: `nil` where the run kept no bytes of the case.
    package init?(_ result: CaseResult, of report: RunReport) {
        guard let observation = result.observation, Self.hasBytes(observation) else { return nil }
        self.name = Self.folderName(result.testCase.id)
        let capture = CaptureMaker(report: report, caseID: result.testCase.id)
        var files: [(name: String, bytes: [UInt8])] = []
        var secrets: [String] = []
        for (index, client) in observation.clients.enumerated() {
            let number = observation.clients.count == 1 ? "" : "-\(index + 1)"
            // The sessions of a connection that is passed on are the upstream's too, and each end can tell what the other cannot.
            let known = client.handshake.secrets ?? []
            secrets += known
            if let bytes = capture.file(of: client.leg, openedBy: .harness, known) {
                files.append(("client\(number).pcapng", bytes))
            }
            if index == 0, let hello = AnnotatedHello(client.leg) {
                files.append(("hello.bin", hello.bytes))
                files.append(("hello.txt", Array(hello.text.utf8)))
            }
        }
        for upstream in observation.upstreams {
            for (index, connection) in upstream.connections.enumerated() {
                let known = connection.handshake?.secrets ?? []
                for line in known where !secrets.contains(line) { secrets.append(line) }
                let number = upstream.connections.count == 1 ? "" : "-\(index + 1)"
                if let bytes = capture.file(of: connection.leg, openedBy: .peer, known) {
                    files.append(("upstream-\(upstream.endpoint)\(number).pcapng", bytes))
                }
            }
        }
        if !secrets.isEmpty { files.append(("keys.log", Array(secrets.map { "\($0)\n" }.joined().utf8))) }
        if let trace = try? JSONWriter.pretty(result) { files.append(("trace.json", Array(trace))) }
        files.append(("repro.txt", Array("\(result.replay)\n".utf8)))
        self.files = files
    }

    /// Writes it below a folder, in place of what an earlier run wrote there.
    ///
    /// - Throws: ``ReportDirectory/Unwritten`` with each file that could not be.
    package func write(below folder: URL) throws(ReportDirectory.Unwritten) {
        let place = folder.appending(path: self.name, directoryHint: .isDirectory)
        try Folder.make(place) { ReportDirectory.Unwritten(troubles: [$0]) }
        var troubles: [String] = []
        for (name, bytes) in self.files {
            do {
                try WholeFile.write(to: place.appending(path: name).path) { put in try put(bytes) }
            } catch {
                troubles.append(Complaint(explaining: error).message)
            }
        }
        guard troubles.isEmpty else { throw ReportDirectory.Unwritten(troubles: troubles) }
    }

    private static func hasBytes(_ observation: Observation) -> Bool {
        let legs = observation.clients.map(\.leg) + observation.upstreams.flatMap(\.connections).map(\.leg)
        return legs.contains { !$0.sent.bytes.isEmpty || !$0.received.bytes.isEmpty }
    }

    /// Every case's own: of ids that differ in what is left out, the hash tells.
    private static func folderName(_ id: String) -> String {
        let plain = id.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "._=-".contains(character))
                ? character : "_"
        }
        let name = String(plain.prefix(160))
        return name == id ? name : "\(name)-\(String(StableHash.value(of: id), radix: 16))"
    }
}

private struct CaptureMaker {
    let report: RunReport
    let caseID: String

    func file(of leg: LegObservation, openedBy opener: LegCapture.Opener, _ secrets: [String]) -> [UInt8]? {
        LegCapture.file(
            of: leg,
            openedBy: opener,
            secrets: secrets,
            // When each case began is not told; their order in time is that of the packets of one case.
            start: UInt64(max(0, Timestamp(self.report.startedAt).millisecondsSinceEpoch)) * 1_000,
            application: "\(self.report.tool.name) \(self.report.tool.version)",
            comment: "\(self.caseID) against \(self.report.target.title) \(self.report.target.version)"
        )
    }
}

extension AnnotatedHello {
    /// A line for each field: where it is, what it is, what it says.
    var text: String {
        self.fields.map { field in
            let place = "\(field.range.lowerBound)..<\(field.range.upperBound)"
            let indent = String(repeating: "  ", count: field.depth)
            let padding = String(repeating: " ", count: max(1, 14 - place.count))
            return SafeText.terminal("\(place)\(padding)\(indent)\(field.name): \(field.value)") + "\n"
        }.joined()
    }
}

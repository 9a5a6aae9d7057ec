package import Foundation
import ScenarioModel
package import Verdicts

/// JSON for machines: a summary that other tools read, and the whole run.
///
/// Results are written one after the other, each in a line of its own, so that no more than one of them is in memory twice.
package enum JSONWriter {
    typealias Put = ([UInt8]) throws -> Void

    /// `report.json`: the Common Test Report Format, every case with its checks, without the bytes of the legs.
    package static func renderCTRF(_ report: RunReport) throws -> Data {
        try Self.whole { try Self.writeCTRF(report, $0) }
    }

    static func writeCTRF(_ report: RunReport, _ put: Put) throws {
        let digest = RunDigest(report)
        let frame = try Self.encoder(pretty: true).encode(CTRFDocument(digest))
        let encoder = Self.encoder(pretty: false)
        try Self.write(frame, "\"tests\" : [", report.results, put) { result in
            try encoder.encode(CTRFDocument.Test(result, digest: digest))
        }
    }

    /// `run.json`: everything, so that every report can be written again from it. ``RunFile`` reads it back.
    package static func renderRun(_ report: RunReport) throws -> Data {
        try Self.whole { try Self.writeRun(report, EvidenceInMemory(), $0) }
    }

    static func writeRun(_ report: RunReport, _ evidence: some EvidenceSource, _ put: Put) throws {
        let frame = try Self.encoder(pretty: false).encode(RunFrame(report))
        try Self.write(frame, "\"results\":[", report.results, put, evidence.json)
    }

    /// What `shakedown compare --json` prints.
    package static func renderComparison(_ comparison: RunComparison) throws -> Data {
        try Self.encoder(pretty: true).encode(comparison)
    }

    /// `matrix.json`, and what `shakedown run --json` prints of several targets.
    package static func renderMatrix(_ matrix: TargetMatrix) throws -> Data {
        try Self.encoder(pretty: true).encode(matrix)
    }

    static func pretty(_ value: some Encodable) throws -> Data { try Self.encoder(pretty: true).encode(value) }

    /// On one line, without its end.
    static func line(_ value: some Encodable) throws -> Data { try Self.encoder(pretty: false).encode(value) }

    /// A run without its results, and beside it what a script wants to know first; only the run is read back.
    private struct RunFrame: Encodable {
        var report: RunReport
        var counts: [String: Int]
        var exitCode: Int32

        private enum Key: CodingKey { case counts, exitCode }

        init(_ report: RunReport) {
            self.report = report
            self.report.results = []
            self.counts = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, report.count($0)) })
            self.exitCode = report.exitCode
        }

        func encode(to encoder: any Encoder) throws {
            try self.report.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(self.counts, forKey: .counts)
            try container.encode(self.exitCode, forKey: .exitCode)
        }
    }

    /// Puts the results into the frame's only list that begins with this; inside of texts quotes are escaped.
    private static func write(
        _ frame: Data,
        _ opening: String,
        _ results: [CaseResult],
        _ put: Put,
        _ json: (CaseResult) throws -> Data
    ) throws {
        guard let opening = frame.range(of: Data(opening.utf8)) else {
            preconditionFailure("the document has no list of results")
        }
        try put(Array(frame[..<opening.upperBound]))
        for (index, result) in results.enumerated() {
            try put(Array((index == 0 ? "\n" : ",\n").utf8) + Array(json(result)))
        }
        try put(Array(frame[opening.upperBound...]))
    }

    private static func whole(_ write: (Put) throws -> Void) rethrows -> Data {
        var data = Data()
        try write { data.append(contentsOf: $0) }
        return data
    }

    /// Keys are sorted: the same run gives the same bytes.
    private static func encoder(pretty: Bool) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return encoder
    }
}

package import Foundation
package import Verdicts

/// JSON for machines: a summary that other tools read, and the whole run.
package enum JSONWriter {
    /// `report.json`: the Common Test Report Format, every case with its checks, without the bytes of the legs.
    package static func renderCTRF(_ report: RunReport) throws -> Data {
        try Self.encoder(pretty: true).encode(CTRFDocument(report))
    }

    /// `run.json`: everything, so that every report can be written again from it. ``RunFile`` reads it back.
    package static func renderRun(_ report: RunReport) throws -> Data {
        try Self.encoder(pretty: false).encode(CountedRun(report: report))
    }

    /// What `shakedown compare --json` prints.
    package static func renderComparison(_ comparison: RunComparison) throws -> Data {
        try Self.encoder(pretty: true).encode(comparison)
    }

    /// `matrix.json`, and what `shakedown run --json` prints of several targets.
    package static func renderMatrix(_ matrix: TargetMatrix) throws -> Data {
        try Self.encoder(pretty: true).encode(matrix)
    }

    /// A run, and beside it what a script wants to know first; only the run is read back.
    private struct CountedRun: Encodable {
        var report: RunReport

        private enum Key: CodingKey { case counts, exitCode }

        func encode(to encoder: any Encoder) throws {
            try self.report.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            let counts = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, self.report.count($0)) })
            try container.encode(counts, forKey: .counts)
            try container.encode(self.report.exitCode, forKey: .exitCode)
        }
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

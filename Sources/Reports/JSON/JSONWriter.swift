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
        try Self.encoder(pretty: false).encode(report)
    }

    /// What `shakedown compare --json` prints.
    package static func renderComparison(_ comparison: RunComparison) throws -> Data {
        try Self.encoder(pretty: true).encode(comparison)
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

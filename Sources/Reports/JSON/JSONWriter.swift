package import Foundation
package import ScenarioModel

/// JSON for machines: a summary that other tools read, and the whole run.
package enum JSONWriter {
    /// `report.json`: the Common Test Report Format, every case with its checks, without the bytes of the legs.
    package static func renderCTRF(_ report: RunReport) throws -> Data {
        try Self.encoder(pretty: true).encode(CTRFDocument(report))
    }

    /// `run.json`: everything, so that every report can be written again from it.
    package static func renderRun(_ report: RunReport) throws -> Data {
        try Self.encoder(pretty: false).encode(report)
    }

    /// Reads what ``renderRun(_:)`` wrote. Throws a `DecodingError` that names the key that is wrong.
    package static func readRun(_ data: Data) throws -> RunReport {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return try decoder.decode(RunReport.self, from: data)
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

import Foundation
import JSONText
import ScenarioModel
import TLSWire

/// The first bytes a client sent, with their meaning.
struct AnnotatedHello {
    /// More than any browser's hello; what is longer is padding, or trash.
    static let byteLimit = 4096
    /// A hello may come in records of one byte each; their headers must not crowd out what the hello says.
    private static let recordFieldLimit = 120
    private static let messageFieldLimit = 300
    private static let valueLimit = 160

    var bytes: [UInt8]
    var fields: [AnnotatedField]
    /// Bytes of the first flight that are not shown.
    var elided: Int

    /// `nil` when nothing was sent.
    init?(_ leg: LegObservation) {
        guard !leg.sent.bytes.isEmpty else { return nil }
        let all = HelloAnnotator.annotate(leg.sent.bytes)
        let messageStart = all.firstIndex { $0.name == "Handshake" } ?? all.count
        let isBroken = messageStart == all.count || all.contains { $0.name.hasPrefix("malformed") }
        // After the record that ends a whole hello only encrypted ones follow, which say nothing here.
        let messageEnd = all[messageStart...].map(\.range.upperBound).max() ?? 0
        let lastRecord = all[..<messageStart].first { $0.depth == 0 && $0.range.upperBound >= messageEnd }
        let end = isBroken ? leg.sent.bytes.count : lastRecord?.range.upperBound ?? messageEnd
        let shown = min(end, Self.byteLimit)
        self.bytes = Array(leg.sent.bytes.prefix(shown))
        self.elided = max(0, (isBroken ? leg.sentCount : end) - shown)
        let records = all[..<messageStart].prefix(Self.recordFieldLimit)
        let message = all[messageStart...].prefix(Self.messageFieldLimit)
        self.fields = (records + message).filter { field in
            field.range.lowerBound < shown || field.range.isEmpty && field.range.lowerBound == shown
        }
    }

    func json(_ table: inout StringTable) -> JSONValue {
        let fields = self.fields.map { field -> JSONValue in
            let start = min(field.range.lowerBound, self.bytes.count)
            let end = max(start, min(field.range.upperBound, self.bytes.count))
            let value = SafeText.shortened(field.value, to: Self.valueLimit)
            return .integers([table.index(of: field.name), start, end - start, table.index(of: value), field.depth])
        }
        return .object([
            .init("b", .string(Data(self.bytes).base64EncodedString())),
            .init("f", .array(fields)),
            .init("l", .integer(of: self.elided)),
        ])
    }
}

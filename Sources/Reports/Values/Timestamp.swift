import Foundation

/// The start of a run, out of the report's RFC 3339 text.
struct Timestamp {
    /// Milliseconds since 1970. A text that is no date gives 0: a report is worth more than its date.
    let millisecondsSinceEpoch: Int

    init(_ text: String) {
        let plain = Date.ISO8601FormatStyle()
        let withFraction = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let date = (try? plain.parse(text)) ?? (try? withFraction.parse(text))
        self.millisecondsSinceEpoch = Int(((date?.timeIntervalSince1970 ?? 0) * 1000).rounded())
    }

    private var date: Date { Date(timeIntervalSince1970: Double(self.millisecondsSinceEpoch) / 1000) }

    /// `2026-11-23T04:00:00`, UTC: whole seconds and no zone, the only form that every JUnit reader takes.
    var withoutZone: String {
        String(self.date.formatted(Date.ISO8601FormatStyle()).prefix(19))
    }

    /// `2026-11-23 04:00:00 UTC`.
    var readable: String { self.withoutZone.replacing("T", with: " ") + " UTC" }
}

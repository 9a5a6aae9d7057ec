package import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes each log event as one line.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: CheckedOutput

    package init(format: LogFormat, level: Logger.Level, output: CheckedOutput) {
        self.format = format
        self.logLevel = level
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = self.metadata
        if let provided = self.metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(Complaint(explaining: error).message)" }
        let line = LogLine(
            time: Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            level: event.level,
            message: event.message.description,
            pairs: all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.description) }
        )
        do {
            try self.output.write(line.text(self.format) + "\n")
        } catch {
            // There is nowhere left to say that the log cannot be written.
        }
    }
}

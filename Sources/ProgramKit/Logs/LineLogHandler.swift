package import Logging

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Makes each log event one line; whoever logs does not wait until it is written, nor until it is made.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: LineWriter
    private let now: @Sendable () -> Date

    /// - Parameter now: When what is logged has happened.
    package init(
        format: LogFormat,
        level: Logger.Level,
        output: LineWriter,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.format = format
        self.logLevel = level
        self.output = output
        self.now = now
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var entry = LogEntry(time: self.now(), level: event.level, message: event.message.description)
        entry.add(self.metadata)
        if let provided = self.metadataProvider?.get() { entry.add(provided) }
        if let own = event.metadata { entry.add(own) }
        if let error = event.error { entry.add(["error": "\(Complaint(explaining: error).message)"]) }
        self.output.write(about: entry.byteCount) { [entry, format = self.format] in entry.line.text(format) + "\n" }
    }
}

package import Logging

/// Makes each log event one line; whoever logs does not wait until it is written.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: LineWriter

    package init(format: LogFormat, level: Logger.Level, output: LineWriter) {
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
            time: LogLine.now,
            level: event.level,
            message: event.message.description,
            pairs: all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.description) }
        )
        self.output.write(line.text(self.format) + "\n")
    }
}

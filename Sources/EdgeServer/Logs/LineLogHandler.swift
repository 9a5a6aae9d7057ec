import EdgeCore
import Foundation
package import Logging
import Synchronization

/// Writes each log event as one line: logfmt, JSON or for a terminal.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let output: LogOutput

    package init(_ settings: EdgeConfiguration.LogSettings, output: LogOutput) {
        self.logLevel = settings.level
        self.format = settings.format
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
        let pairs = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.description) }
        let line = LogLine(time: .now, level: event.level, message: event.message.description, pairs: pairs)
        self.output.write(line.text(self.format))
    }
}

/// Where log lines go; shared by all copies of a handler.
package final class LogOutput: Sendable {
    private let file: Mutex<FileHandle>

    /// - Parameter path: `nil` writes to standard error.
    /// - Throws: when the file cannot be opened for appending.
    package init(path: String?) throws(ConfigurationError) {
        if let path {
            self.file = Mutex(try OutputFile.openForAppending(path))
        } else {
            self.file = Mutex(.standardError)
        }
    }

    func write(_ line: String) {
        self.file.withLock { file in
            do {
                try file.write(contentsOf: Data((line + "\n").utf8))
            } catch {
                // There is nowhere left to say that the log cannot be written.
            }
        }
    }
}

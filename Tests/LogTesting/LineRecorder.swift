package import Logging
import Synchronization

/// Log lines with their data.
package final class LineRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { self.recorded.withLock { $0 } }

    fileprivate func append(_ line: String) { self.recorded.withLock { $0.append(line) } }

    /// - Parameter level: Lines below it are not recorded.
    package func logger(_ level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: "test") { _ in RecordingLogHandler(recorder: self) }
        logger.logLevel = level
        return logger
    }
}

private struct RecordingLogHandler: LogHandler {
    let recorder: LineRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(recorder: LineRecorder) { self.recorder = recorder }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.recorder.append("\(event.message) \(self.metadata.merging(event.metadata ?? [:]) { $1 })")
    }
}

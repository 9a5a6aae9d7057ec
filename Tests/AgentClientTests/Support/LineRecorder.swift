import Logging
import Synchronization

/// Log lines of `info` and above, with their data.
final class LineRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { self.recorded.withLock { $0 } }

    func append(_ line: String) { self.recorded.withLock { $0.append(line) } }
}

struct RecordingLogHandler: LogHandler {
    let recorder: LineRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(recorder: LineRecorder) { self.recorder = recorder }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.recorder.append("\(event.message) \(event.metadata ?? [:])")
    }
}

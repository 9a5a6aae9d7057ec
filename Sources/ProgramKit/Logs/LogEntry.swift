import Logging

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What was logged, as it was then. It becomes a line on the writer's thread: to merge, sort and quote its data takes longer than
/// anybody on an event loop should have to.
struct LogEntry: Sendable {
    /// About what an entry takes beside its words: up to four dictionaries, and what holds them.
    private static let overhead = 256

    private let time: Date
    private let level: Logger.Level
    private let message: String
    /// Of a key the last one counts.
    private var data: [Logger.Metadata] = []
    /// About what it takes while it waits.
    private(set) var byteCount: Int

    init(time: Date, level: Logger.Level, message: String) {
        self.time = time
        self.level = level
        self.message = message
        self.byteCount = Self.overhead + message.utf8.count
    }

    /// What is no text yet, and may be another when the line is written, becomes one now.
    mutating func add(_ metadata: Logger.Metadata) {
        guard !metadata.isEmpty else { return }
        var byteCount = 0
        for (key, value) in metadata {
            guard case .string(let text) = value else {
                return self.add(metadata.mapValues { .string($0.description) })
            }
            byteCount += key.utf8.count + text.utf8.count
        }
        self.byteCount += byteCount
        self.data.append(metadata)
    }

    var line: LogLine {
        var all = self.data.first ?? [:]
        for data in self.data.dropFirst() { all.merge(data) { $1 } }
        return LogLine(
            time: LogLine.text(of: self.time),
            level: self.level,
            message: self.message,
            pairs: all.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value.description) }
        )
    }
}

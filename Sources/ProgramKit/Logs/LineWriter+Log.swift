import Logging

extension LineWriter {
    /// What a log may have waiting: 8,000 lines of 250 bytes with what holds their words until they are made, some seconds of the
    /// connections of a busy edge at `debug`, and little beside the memory that they take themselves.
    private static let logLimit = 4 << 20

    /// Of a program's log, which says itself how many of its lines were lost, and when its file cannot be opened anew.
    package static func log(to output: CheckedOutput, format: LogFormat) -> LineWriter {
        self.log(to: output, format: format, limit: self.logLimit)
    }

    static func log(to output: CheckedOutput, format: LogFormat, limit: Int) -> LineWriter {
        LineWriter(
            output,
            limit: limit,
            reporting: .within { news in
                switch news {
                case .failing: nil
                case .lost(let lines):
                    LogLine(
                        time: LogLine.now,
                        level: .warning,
                        message: "log lines were lost",
                        pairs: [(key: "log.lost", value: "\(lines)")]
                    ).text(format) + "\n"
                case .notReopened(let complaint):
                    LogLine(
                        time: LogLine.now,
                        level: .error,
                        message: "log file not reopened, the old one stays",
                        pairs: [(key: "error.message", value: complaint.message)]
                    ).text(format) + "\n"
                }
            }
        )
    }
}

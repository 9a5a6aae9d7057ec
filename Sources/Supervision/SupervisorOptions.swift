/// What `shakedown supervise` is told.
package struct SupervisorOptions: Hashable, Sendable {
    var command: [String] = []
    var directory: String?
    var stopSignal = ProcessSignal.terminate
    /// From the stop signal to SIGKILL; 2 s unless told.
    var grace = Duration.seconds(2)

    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads `[--directory D] [--stop-signal TERM] [--grace SECONDS] -- COMMAND…`.
    init(arguments: [String]) throws(Mistake) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                self.command = Array(rest)
                guard !self.command.isEmpty else { break }
                return
            }
            guard let value = rest.popFirst() else { throw Mistake(description: "\(argument) lacks its value") }
            switch argument {
            case "--directory": self.directory = value
            case "--stop-signal":
                guard let signal = ProcessSignal(rawValue: value) else {
                    throw Mistake(description: "no signal is named '\(value)'")
                }
                self.stopSignal = signal
            case "--grace":
                guard let seconds = Double(value), (0...3_600).contains(seconds) else {
                    throw Mistake(description: "--grace must be from 0 to 3600 seconds, and is '\(value)'")
                }
                self.grace = .seconds(seconds)
            default: throw Mistake(description: "unknown option '\(argument)'")
            }
        }
        throw Mistake(description: "there is no command after '--'")
    }

    package init(command: [String], directory: String?, stopSignal: ProcessSignal, grace: Duration) {
        self.command = command
        self.directory = directory
        self.stopSignal = stopSignal
        self.grace = grace
    }

    /// What ``init(arguments:)`` reads.
    var arguments: [String] {
        (self.directory.map { ["--directory", $0] } ?? [])
            + ["--stop-signal", self.stopSignal.rawValue, "--grace", "\(self.grace / .seconds(1))", "--"] + self.command
    }
}

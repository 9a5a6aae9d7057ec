/// What `shakedown supervise` is told.
package struct SupervisorOptions: Hashable, Sendable {
    var command: [String] = []
    var directory: String?
    var stopSignal = ProcessSignal.terminate
    /// What is run in place of the stop signal; empty for the signal.
    var stopCommand: [String] = []
    /// Where a program that goes into the background writes its process id; `nil` for one that stays.
    var pidFile: String?
    /// From the stop signal to SIGKILL; 2 s unless told.
    var grace = Duration.seconds(2)
    /// How many files the program may have open, as far as the system allows it; `nil` leaves it what this process has.
    var openFiles: Int?
    /// What the program reads on its standard input, which then stays open until the program ends; `nil` for `/dev/null`.
    var inputFile: String?
    /// Where its standard output goes, apart from its standard error; `nil` for the log of both.
    var outputFile: String?

    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads `[--directory D] [--stop-signal TERM] [--stop-word WORD…] [--pid-file F] [--grace SECONDS] [--open-files N]
    /// [--input F] [--output F] -- COMMAND…`; the stop words together are the stop command.
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
            case "--stop-word": self.stopCommand.append(value)
            case "--pid-file": self.pidFile = value
            case "--input": self.inputFile = value
            case "--output": self.outputFile = value
            case "--open-files":
                guard let count = Int(value), count > 0 else {
                    throw Mistake(description: "--open-files must be a number above 0, and is '\(value)'")
                }
                self.openFiles = count
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

    package init(
        command: [String],
        directory: String?,
        stopSignal: ProcessSignal,
        stopCommand: [String] = [],
        pidFile: String? = nil,
        grace: Duration,
        openFiles: Int? = nil,
        inputFile: String? = nil,
        outputFile: String? = nil
    ) {
        self.command = command
        self.directory = directory
        self.stopSignal = stopSignal
        self.stopCommand = stopCommand
        self.pidFile = pidFile
        self.grace = grace
        self.openFiles = openFiles
        self.inputFile = inputFile
        self.outputFile = outputFile
    }

    /// What ``init(arguments:)`` reads.
    var arguments: [String] {
        let places = [
            ("--directory", self.directory), ("--pid-file", self.pidFile),
            ("--open-files", self.openFiles.map(String.init)), ("--input", self.inputFile),
            ("--output", self.outputFile),
        ]
        return places.flatMap { option, value in value.map { [option, $0] } ?? [] }
            + self.stopCommand.flatMap { ["--stop-word", $0] }
            + ["--stop-signal", self.stopSignal.rawValue, "--grace", "\(self.grace / .seconds(1))", "--"] + self.command
    }
}

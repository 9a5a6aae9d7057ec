#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the stream behind a file descriptor can show.
package struct TerminalTraits: Hashable, Sendable {
    package var isTerminal: Bool
    /// Columns; 80 where nobody knows.
    package var width: Int
    /// Colours are wanted: a terminal that is not `dumb`, and `NO_COLOR` (no-color.org) is unset or empty.
    package var hasColor: Bool

    package init(isTerminal: Bool, width: Int = 80, environment: [String: String]) {
        self.isTerminal = isTerminal
        self.width = width
        self.hasColor =
            isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Asks the terminal itself, so that a resized window counts and `COLUMNS` need not be exported.
    package static func detect(fileDescriptor: Int32, environment: [String: String]) -> TerminalTraits {
        guard isatty(fileDescriptor) == 1 else { return TerminalTraits(isTerminal: false, environment: environment) }
        var size = winsize()
        // Sound: TIOCGWINSZ writes one winsize, and the pointer lives for the call.
        let status = unsafe ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size)
        let width = status == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        return TerminalTraits(isTerminal: true, width: width, environment: environment)
    }
}

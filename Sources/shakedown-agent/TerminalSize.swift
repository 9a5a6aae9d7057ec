#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How much a terminal shows.
struct TerminalSize: Hashable {
    let columns: Int
    let rows: Int

    /// Of the terminal that standard output is; 80 by 24 where it does not say.
    static var ofStandardOutput: TerminalSize {
        var size = winsize()
        // unsafe: the kernel writes the structure that this request is for.
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    static var isStandardOutputATerminal: Bool { isatty(1) == 1 }
    static var isStandardErrorATerminal: Bool { isatty(2) == 1 }
}

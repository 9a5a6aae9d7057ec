import ProgramKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard input, output and error, as a program may count on them.
enum StandardStreams {
    /// Makes writing to a pipe that nobody reads, or beyond a limit of file sizes, an error like any other, and sees to
    /// it that none of the three numbers is free.
    ///
    /// A number that is free would be given to the next file or connection, and then get the text that was meant for
    /// the terminal.
    static func prepare() {
        CheckedOutput.reportBrokenPipes()
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // open takes the lowest free number. Nobody misses what is written to a standard error that was closed, but
            // a result that was asked for and cannot be written is an error, so standard output cannot be written to.
            _ = unsafe open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes to standard error as far as it can be written to: where it cannot, there is nobody left to tell.
    static func say(_ text: String) {
        try? CheckedOutput.standardError.write(text)
    }
}

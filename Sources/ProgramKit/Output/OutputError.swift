#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why something could not be written.
package struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `standard output`, or a path.
    package let output: String
    package let errorNumber: Int32

    package init(output: String, errorNumber: Int32) {
        self.output = output
        self.errorNumber = errorNumber
    }

    /// Whoever read it has gone, as `| head` does: no fault of anybody's.
    package var isBrokenPipe: Bool { self.errorNumber == EPIPE }

    package var description: String { "cannot write \(self.output): \(Reason.text(ofErrno: self.errorNumber))" }
}

extension OutputError: ExplainedError {
    package var complaint: Complaint { Complaint(self.description) }
}

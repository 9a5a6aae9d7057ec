internal import Glibc
internal import ProgramKit

/// A system call that failed.
package struct POSIXFailure: Error, CustomStringConvertible {
    package let number: Int32
    package let subject: String

    init(number: Int32 = errno, subject: String) {
        self.number = number
        self.subject = subject
    }

    package var description: String { "\(self.subject): \(Reason.text(ofErrno: self.number))" }
}

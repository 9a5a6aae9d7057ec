internal import Glibc

/// A system call that failed.
package struct POSIXFailure: Error, CustomStringConvertible {
    package let number: Int32
    package let subject: String

    init(number: Int32 = errno, subject: String) {
        self.number = number
        self.subject = subject
    }

    package var description: String {
        // strerror gives a string that lives until its next call on this thread; it is copied here.
        unsafe "\(self.subject): \(String(cString: strerror(self.number)))"
    }
}

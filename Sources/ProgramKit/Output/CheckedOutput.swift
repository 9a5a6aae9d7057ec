#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output, standard error or a file that is appended to; whoever writes learns when it did not work.
///
/// A text is one `write(2)` where the system takes it whole, so that lines of several threads or programs do not mix.
package final class CheckedOutput: Sendable {
    package static let standardOutput = CheckedOutput(descriptor: 1, name: "standard output", isOwned: false)
    package static let standardError = CheckedOutput(descriptor: 2, name: "standard error", isOwned: false)

    /// What messages call it.
    package let name: String
    private let descriptor: Int32
    private let isOwned: Bool
    /// Whether ``name`` is a path that can be opened again.
    private let isFile: Bool

    private init(descriptor: Int32, name: String, isOwned: Bool, isFile: Bool = false) {
        self.descriptor = descriptor
        self.name = name
        self.isOwned = isOwned
        self.isFile = isFile
    }

    /// Takes over an open descriptor, and closes it at its end.
    package convenience init(owning descriptor: Int32, name: String) {
        self.init(descriptor: descriptor, name: name, isOwned: true)
    }

    /// Opens a file for appending, and makes it where it is not there.
    package convenience init(appendingTo path: String) throws(Complaint) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Complaint(
                "cannot write \(path): \(Reason.text(ofErrno: errno))",
                hint: "check that its folder exists and that this user may write there",
                exitStatus: .usage
            )
        }
        self.init(descriptor: descriptor, name: path, isOwned: true, isFile: true)
    }

    /// The file that has this one's name now, which may be another: it is made where it is not there. What is no file stays
    /// the same.
    package func reopened() throws(Complaint) -> CheckedOutput {
        self.isFile ? try CheckedOutput(appendingTo: self.name) : self
    }

    /// `stdout`, `stderr`, or a file that is appended to.
    package static func named(_ name: String) throws(Complaint) -> CheckedOutput {
        switch name {
        case "stdout": .standardOutput
        case "stderr": .standardError
        default: try CheckedOutput(appendingTo: name)
        }
    }

    deinit {
        if self.isOwned { close(self.descriptor) }
    }

    package func write(_ text: String) throws(OutputError) {
        try self.write(Array(text.utf8))
    }

    package func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // The pointer is used within the closure and covers the rest.
            let count = unsafe rest.withUnsafeBytes { unsafe writeSome(self.descriptor, $0) }
            guard count < 0 else {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: self.waitUntilWritable()
            case let number: throw OutputError(output: self.name, errorNumber: number)
            }
        }
    }

    /// Another program may have made a shared terminal or pipe non-blocking.
    private func waitUntilWritable() {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
        // poll reads and writes this one entry during the call; whatever it finds, the next write tells.
        _ = unsafe poll(&entry, 1, -1)
    }

    /// Lets a write to a closed pipe fail with an error instead of ending the process without a word.
    package static func reportBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}

/// One `write(2)`; the method of the class hides the function there.
private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where log lines go. Each line is one write, so that lines of several threads or programs do not mix.
package final class LogOutput: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package static let standardOutput = LogOutput(descriptor: 1)
    package static let standardError = LogOutput(descriptor: 2)

    /// `stdout`, `stderr`, or a file that is appended to.
    package static func named(_ name: String) throws(ConfigurationError) -> LogOutput {
        switch name {
        case "stdout": return Self.standardOutput
        case "stderr": return Self.standardError
        default:
            let descriptor = unsafe open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw ConfigurationError(
                    "cannot write the log \(name)",
                    hint: "check that the folder exists and this user may write there"
                )
            }
            return LogOutput(descriptor: descriptor)
        }
    }

    /// A line that cannot be written is lost: there is nowhere left to say so.
    package func write(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(0x0a)
        var offset = 0
        while offset < bytes.count {
            // The pointer is used within the closure and covers `bytes[offset...]`.
            let written = unsafe bytes[offset...].withUnsafeBytes { unsafe writeSome(self.descriptor, $0) }
            guard written > 0 else { return }
            offset += written
        }
    }

}

/// One `write(2)`; the method of the class hides the function there.
private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}

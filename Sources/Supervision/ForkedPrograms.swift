internal import Foundation
internal import Glibc

/// Programs that go into the background: they leave the process that was started, and its group too.
enum ForkedPrograms {
    /// Makes this process the parent of everything below it whose own parent has ended, so that it can be waited for.
    static func adopt() throws(POSIXFailure) {
        typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        // Swift imports no function of variable arguments. prctl's are integers in registers, as those of this type are,
        // and the symbol stays where it is as long as the process runs.
        guard let symbol = unsafe dlsym(nil, "prctl") else {
            throw POSIXFailure(number: ENOSYS, subject: "cannot become a subreaper")
        }
        let prctl = unsafe unsafeBitCast(symbol, to: Control.self)
        guard prctl(Self.setChildSubreaper, 1, 0, 0, 0) == 0 else {
            throw POSIXFailure(subject: "cannot become a subreaper")
        }
    }

    /// PR_SET_CHILD_SUBREAPER of linux/prctl.h.
    private static let setChildSubreaper: Int32 = 36

    /// The children of this process, those that have ended and were not waited for included.
    static func children() -> [pid_t] {
        let own = getpid()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { Self.parent(of: $0) == own }
    }

    /// Waits for every child that has ended, except one.
    static func reapAll(except child: pid_t) {
        for process in Self.children() where process != child { _ = ChildProcess.reap(process) }
    }

    private static func parent(of process: pid_t) -> pid_t? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
        // The name, in parentheses, may have anything in it; behind it stand the state and the parent.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return fields.count > 2 ? pid_t(fields[2]) : nil
    }

    /// The process id in a pid file; `nil` while there is none.
    static func process(inFile path: String) -> pid_t? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return nil }
        // 0 and negative numbers are groups to kill(2).
        return process > 1 ? process : nil
    }
}

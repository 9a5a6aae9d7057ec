internal import Foundation
internal import Glibc

/// Starting and signalling processes in plain POSIX calls.
///
/// Foundation's `Process` has no process groups, and the supervisor must be able to end everything that its child
/// started.
enum ChildProcess {
    /// Starts a program in a process group of its own, whose id is the process's.
    ///
    /// - Parameters:
    ///   - command: The program, looked for in `PATH` unless it has a slash, and its arguments.
    ///   - input: What becomes its standard input; `/dev/null` where it is `nil`.
    ///   - output: What becomes its standard output and error; those of this process where it is `nil`.
    ///   - words: What becomes its standard output in that one's place.
    ///   - environment: What the program finds besides this process's environment, or in place of parts of it.
    /// - Returns: The process id.
    static func spawn(
        _ command: [String],
        input: Int32?,
        output: Int32?,
        words: Int32? = nil,
        environment: [String: String] = [:]
    ) throws(POSIXFailure) -> pid_t {
        // The two structures are opaque to us and live until this function ends, which is longer than posix_spawnp
        // uses them; each is initialised before and destroyed after.
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        }
        if let words { unsafe posix_spawn_file_actions_adddup2(&actions, words, STDOUT_FILENO) }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        // A program inherits what its parent ignores, and the harness ignores SIGPIPE.
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD] {
            unsafe sigaddset(&signals, signal)
        }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        // The copies end with a null pointer, as execve wants them, and are freed once the program has its own.
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        let present = ProcessInfo.processInfo.environment
        let merged = environment.isEmpty ? present : present.merging(environment) { $1 }
        var variables: [UnsafeMutablePointer<CChar>?] =
            unsafe merged.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe variables.forEach { unsafe free($0) } }
        var process = pid_t()
        let error = unsafe posix_spawnp(&process, arguments[0]!, &actions, &attributes, &arguments, &variables)
        guard error == 0 else { throw POSIXFailure(number: error, subject: "cannot start \(command[0])") }
        return process
    }

    /// How a process ended, as a shell says it: its exit status, or 128 and the signal's number. `nil` while it runs.
    static func reap(_ process: pid_t) -> Int32? {
        var status: Int32 = 0
        // waitpid writes only to `status`.
        let result = unsafe waitpid(process, &status, WNOHANG)
        return result == process ? Self.ending(status) : nil
    }

    /// Waits for a process that was sent SIGSTOP; gives how it ended, if it did so first.
    static func waitUntilStopped(_ process: pid_t) -> Int32? {
        while true {
            var status: Int32 = 0
            // waitpid writes only to `status`.
            let result = unsafe waitpid(process, &status, WUNTRACED)
            if result < 0 && errno == EINTR { continue }
            // As WIFSTOPPED has it.
            return result != process || status & 0xFF == 0x7F ? nil : Self.ending(status)
        }
    }

    private static func ending(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Whether a process group has members; those that ended and were not waited for count.
    static func isAlive(group: pid_t) -> Bool {
        kill(-group, 0) == 0
    }
}

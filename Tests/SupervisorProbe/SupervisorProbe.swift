import Foundation
import Supervision

/// The supervisor as a program of its own, for tests: `SupervisorProbe supervise --grace 1 -- sleep 60`.
@main
struct SupervisorProbe {
    static func main() {
        exit(Supervisor.run(arguments: Array(CommandLine.arguments.dropFirst(2))))
    }
}

import Dispatch
import Foundation
import ProgramKit
import Supervision

// The supervisor needs a process without threads of its own, and so comes before everything that starts some.
if CommandLine.arguments.dropFirst().first == "supervise" {
    exit(Supervisor.run(arguments: Array(CommandLine.arguments.dropFirst(2))))
}
FreedMemory.limitHeaps()
StandardStreams.prepare()
OpenFiles.raiseLimit()
Task {
    await Shakedown.start()
    exit(0)
}
dispatchMain()

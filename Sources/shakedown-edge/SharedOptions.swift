import ArgumentParser
import EdgeServer
import ProgramKit

/// The flags of every command that starts an edge.
struct SharedOptions: ParsableArguments, Sendable {
    @Option(help: "Write where everything listens, as JSON, once it does.")
    var readyFile: String?

    func report(_ ready: ListeningAddresses) throws {
        if let readyFile { try ReadyFile(path: readyFile).write(ready.json) }
    }
}

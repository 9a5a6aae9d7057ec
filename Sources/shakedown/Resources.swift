import Foundation
import ProgramKit
import ScenarioFiles

/// Where the catalogue, the requirements, the recipes and the targets are: in the current folder, in one above it, or in one
/// above the program.
struct Resources {
    let root: URL
    var scenarios: URL { self.root.appendingPathComponent("Scenarios") }
    var targets: URL { self.scenarios.appendingPathComponent("Targets") }
    var clients: URL { self.scenarios.appendingPathComponent("Clients") }
    var requirements: URL { self.scenarios.appendingPathComponent(RequirementLoader.folderName) }
    var recipes: URL { self.root.appendingPathComponent("Certs") }
    /// What `shakedown targets --install` and `shakedown clients --install` fetched.
    var programs: URL { self.root.appendingPathComponent(".programs") }
    var reports: URL { self.root.appendingPathComponent("Reports") }

    static func locate() throws -> Resources {
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        for start in [current, Self.executable.deletingLastPathComponent()] {
            var folder = start.standardizedFileURL
            while true {
                let scenarios = folder.appendingPathComponent("Scenarios/Targets").path
                if FileManager.default.fileExists(atPath: scenarios) { return Resources(root: folder) }
                if folder.path == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        throw Complaint(
            "no Scenarios folder here or above",
            hint: "run shakedown inside its checkout, or inside a folder that holds Scenarios/ and Certs/",
            exitStatus: .usage
        )
    }

    /// The running program; its neighbours are `shakedown-edge` and `shakedown-agent`.
    static var executable: URL {
        let link = "/proc/self/exe"
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: path)
    }
}

import EdgeStore
import Foundation
import ProgramKit
import StoreTesting

/// A program that has a store, for tests that end it or are in its way: `StoreProbe apply|hold STORE KEY`.
@main
struct StoreProbe {
    static func main() {
        do {
            try Self.run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            exit(Complaint.report(error, program: "StoreProbe", status: .failure).rawValue)
        }
    }

    private static func run(_ arguments: [String]) throws {
        guard arguments.count == 3 else {
            throw Complaint("usage: StoreProbe apply|hold STORE KEY", exitStatus: .usage)
        }
        try self.say("starting")
        let key = try SealingKey.read(path: arguments[2], makingIfAbsent: false)
        let store = try ObjectStore(path: arguments[1], sealingKey: key)
        try self.say("open")
        switch arguments[0] {
        case "apply": try self.applyWithoutEnd(to: store)
        case "hold": _ = try FileHandle.standardInput.readToEnd()
        default: throw Complaint("neither apply nor hold: \(arguments[0])", exitStatus: .usage)
        }
        try store.close()
    }

    /// Says a change's number when it is done.
    private static func applyWithoutEnd(to store: ObjectStore) throws -> Never {
        var number = NumberedChange.number(of: try store.load())
        while true {
            number += 1
            try store.apply(NumberedChange.change(number))
            try self.say("\(number)")
        }
    }

    private static func say(_ line: String) throws {
        try CheckedOutput.standardOutput.write("\(line)\n")
    }
}

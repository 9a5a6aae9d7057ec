import Foundation
import ProgramKit

/// A copy of the checkout with all bugs in it, each asleep until the environment names it.
struct Planting {
    /// Names the one bug that is wide awake.
    static let variable = "SHAKEDOWN_PLANTED_BUG"

    let checkout: URL

    /// Copies what git knows of the working tree.
    ///
    /// - Throws: ``Complaint`` for a bug whose place is not in the code exactly once.
    func plant(_ mutants: [Mutant], from source: URL) throws {
        try self.copy(source)
        for (file, mutants) in Dictionary(grouping: mutants, by: \.file).sorted(by: { $0.key < $1.key }) {
            let url = self.checkout.appending(path: "Sources/\(file)")
            guard var text = try? String(contentsOf: url, encoding: .utf8) else {
                throw Complaint("there is no file Sources/\(file), where \(mutants[0].id) is planted")
            }
            for mutant in mutants { text = try Self.plant(mutant, in: text) }
            try (text + Self.epilogue(of: mutants, in: text)).write(to: url, atomically: true, encoding: .utf8)
        }
    }

    private static func plant(_ mutant: Mutant, in text: String) throws -> String {
        let words = mutant.find.split(whereSeparator: \.isWhitespace).map {
            NSRegularExpression.escapedPattern(for: String($0))
        }
        let pattern = try NSRegularExpression(pattern: words.joined(separator: "\\s+"))
        let matches = pattern.matches(in: text, range: NSRange(text.startIndex..., in: text))
        guard matches.count == 1, let range = matches.first.flatMap({ Range($0.range, in: text) }) else {
            throw Complaint(
                "\(mutant.id) fits \(matches.count) places of Sources/\(mutant.file), not one",
                hint: "the code has changed, or another bug is planted in the same words: write 'find' anew"
            )
        }
        let plant = mutant.plant.replacing(Mutant.marker, with: "(plantedBug == \"\(mutant.id)\")")
        return text.replacingCharacters(in: range, with: plant)
    }

    /// The judge reads with some of the same parsers as the judged, and must not be wrong itself.
    private static func epilogue(of mutants: [Mutant], in text: String) -> String {
        let modules = Set(["Foundation"] + mutants.flatMap(\.imports)).filter { !text.contains("import \($0)\n") }
        return """

            \(modules.sorted().map { "private import \($0)" }.joined(separator: "\n"))
            private let plantedBug = ProcessInfo.processInfo.processName == "shakedown"
                ? nil : ProcessInfo.processInfo.environment["\(Self.variable)"]

            """
    }

    private func copy(_ source: URL) throws {
        let listing = try Command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: source)
            .output()
        let manager = FileManager.default
        try manager.createDirectory(at: self.checkout, withIntermediateDirectories: true)
        let paths = listing.split(separator: "\0").map(String.init)
        try self.removeOthers(than: Set(paths))
        for path in paths {
            let from = source.appending(path: path)
            guard manager.fileExists(atPath: from.path) else { continue }
            let to = self.checkout.appending(path: path)
            try manager.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
            let contents = try Data(contentsOf: from)
            // What has not changed keeps its date, so that only what has is built again.
            if (try? Data(contentsOf: to)) == contents { continue }
            try? manager.removeItem(at: to)
            try manager.copyItem(at: from, to: to)
        }
    }
    /// What an earlier copy had and the checkout has no more would be built too.
    private func removeOthers(than paths: Set<String>) throws {
        let manager = FileManager.default
        for folder in ["Scenarios", "Certs", "Sources", "Tests"] {
            let names = manager.enumerator(atPath: self.checkout.appending(path: folder).path)
            while let name = names?.nextObject() as? String {
                let path = "\(folder)/\(name)"
                guard names?.fileAttributes?[.type] as? FileAttributeType == .typeRegular, !paths.contains(path) else {
                    continue
                }
                try manager.removeItem(at: self.checkout.appending(path: path))
            }
        }
    }
}

package import Foundation
package import ProgramKit
package import Verdicts

/// `compatibility.json`, read back to tell what is different from then.
package enum CompatibilityFile {
    /// Reads a compatibility.json, or the one in a folder; `nil` where the folder has none, or the file is no such thing but may be
    /// a run.
    package static func read(_ url: URL) throws(Complaint) -> Compatibility? {
        var file = url
        let place = url.resolvingSymlinksInPath()
        if (try? place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true {
            file = place.appending(path: CompatibilityPublication.FileName.json)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        }
        guard let data = try? Data(contentsOf: file) else {
            throw Complaint(
                "\(file.path) cannot be read",
                hint: "name a \(CompatibilityPublication.FileName.json), the folder of one, or runs",
                exitStatus: .usage
            )
        }
        guard let header = try? JSONDecoder().decode(Header.self, from: data) else { return nil }
        guard header.schemaVersion == Compatibility.schemaVersion else {
            throw Complaint(
                "\(file.path) has schema version \(header.schemaVersion), and this program reads version "
                    + "\(Compatibility.schemaVersion)",
                exitStatus: .usage
            )
        }
        do {
            return try JSONDecoder().decode(Compatibility.self, from: data)
        } catch {
            throw Complaint(
                "\(file.path) was changed since it was written: \(Self.words(error))",
                hint: "make it again with `shakedown compat`",
                exitStatus: .usage
            )
        }
    }

    /// What tells it from a run, which has no letters.
    private struct Header: Decodable {
        var schemaVersion: Int
        var letters: [String: String]
        var madeAt: String
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return Complaint(explaining: error).message }
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)) lacks \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(place(context)): \(context.debugDescription)"
        @unknown default: "it cannot be read"
        }
    }
}

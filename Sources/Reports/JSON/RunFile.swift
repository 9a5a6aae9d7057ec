package import Foundation
package import ProgramKit
import ScenarioModel
package import Verdicts

/// Why a file is not a run that can be read back.
package struct RunFileError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case unreadable, notJSON, notARun, otherVersion, malformed
    }

    package let code: Code
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension RunFileError: ExplainedError {
    package var complaint: Complaint {
        let lines = self.description.split(separator: "\nhint: ", maxSplits: 1)
        return Complaint(String(lines[0]), hint: lines.count > 1 ? String(lines[1]) : nil, exitStatus: .usage)
    }
}

/// `run.json`, read back: a run of another day, to compare with or to write its reports again.
package enum RunFile {
    /// Reads a run.json, or the one in the folder of a run.
    package static func read(_ url: URL) throws(RunFileError) -> RunReport {
        let (data, name) = try Self.contents(of: url)
        return try Self.decode(data, name: name)
    }

    /// What one must know of a run to tell it from others, without holding all of it.
    package struct Outline: Hashable, Sendable, Decodable {
        package var schemaVersion: Int
        package var target: Target
        /// RFC 3339, UTC.
        package var startedAt: String

        package struct Target: Hashable, Sendable, Decodable {
            package var name: String
            package var version: String
        }
    }

    /// - Throws: ``RunFileError`` as ``read(_:)`` does.
    package static func outline(of url: URL) throws(RunFileError) -> Outline {
        let (data, name) = try Self.contents(of: url)
        if let outline = try? Self.decoder().decode(Outline.self, from: data),
            outline.schemaVersion == RunReport.schemaVersion
        {
            return outline
        }
        // What is wrong with it, reading the whole of it tells.
        let report = try Self.decode(data, name: name)
        return Outline(
            schemaVersion: report.schemaVersion,
            target: .init(name: report.target.name, version: report.target.version),
            startedAt: report.startedAt
        )
    }

    private static func contents(of url: URL) throws(RunFileError) -> (data: Data, name: String) {
        var file = url
        // `Reports/latest` is a link to one.
        let place = url.resolvingSymlinksInPath()
        let isFolder = (try? place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
        if isFolder { file = place.appending(path: ReportDirectory.FileName.run) }
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            let what = isFolder ? "has no \(ReportDirectory.FileName.run)" : "cannot be read"
            throw RunFileError(
                .unreadable,
                "\(url.path) \(what)\nhint: name a folder that a run wrote, or its run.json"
            )
        }
        return (data, file.path)
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        return decoder
    }

    private struct Header: Decodable {
        var schemaVersion: Int?
    }

    package static func decode(_ data: Data, name: String) throws(RunFileError) -> RunReport {
        let decoder = Self.decoder()
        do {
            // The version first: what another one holds may have any form.
            guard let version = try decoder.decode(Header.self, from: data).schemaVersion else {
                throw RunFileError(
                    .notARun,
                    "\(name) is not a run: it has no schemaVersion\nhint: of a run's files it is run.json that is read"
                )
            }
            guard version == RunReport.schemaVersion else {
                throw RunFileError(
                    .otherVersion,
                    "\(name) has schema version \(version), and this program reads version \(RunReport.schemaVersion)"
                )
            }
            return try Self.checked(decoder.decode(RunReport.self, from: data), name: name)
        } catch let error as RunFileError {
            throw error
        } catch let error as DecodingError {
            throw Self.explanation(error, name: name)
        } catch {
            throw RunFileError(.malformed, "\(name) cannot be read as a run")
        }
    }

    private static func checked(_ report: RunReport, name: String) throws(RunFileError) -> RunReport {
        var ids: Set<String> = []
        for result in report.results where !ids.insert(result.testCase.id).inserted {
            throw RunFileError(.malformed, "\(name) has two results for \(result.testCase.id)")
        }
        return report
    }

    private static func explanation(_ error: DecodingError, name: String) -> RunFileError {
        func place(_ path: [any CodingKey]) -> String {
            let words = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
            return words.hasPrefix(".") ? String(words.dropFirst()) : words
        }
        switch error {
        case .keyNotFound(let key, let context):
            let path = place(context.codingPath + [key])
            return RunFileError(.malformed, "\(name) lacks \(path)")
        case .valueNotFound(_, let context):
            return RunFileError(.malformed, "\(name) has nothing at \(place(context.codingPath))")
        case .typeMismatch(_, let context) where context.codingPath.isEmpty:
            return RunFileError(.notARun, "\(name) is not a run: it holds no object")
        case .typeMismatch(_, let context):
            return RunFileError(.malformed, "\(name) has the wrong kind of value at \(place(context.codingPath))")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            return RunFileError(.notJSON, "\(name) is not JSON, or was cut short")
        case .dataCorrupted(let context):
            return RunFileError(.malformed, "\(name) has a value that it cannot have at \(place(context.codingPath))")
        @unknown default:
            return RunFileError(.malformed, "\(name) cannot be read as a run")
        }
    }
}

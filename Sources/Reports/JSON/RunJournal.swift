package import Foundation
import ProgramKit
import ScenarioModel
import Synchronization
package import Verdicts

/// `cases.jsonl`: the run without results in the first line, then each result in a line of its own as soon as it is final.
///
/// It is what is left of a run that was killed. And the run itself need not hold in memory what was seen: `run.json` and the
/// page take it from here.
package final class RunJournal: Sendable {
    private let path: String
    private let state: Mutex<State>

    private struct State {
        /// `nil` once it could not be written.
        var output: CheckedOutput?
        var offset = 0
        var trouble: Complaint?
    }

    /// Begins a new one in place of any that is there. Where that cannot be, results stay in memory, and ``trouble`` says so.
    package init(in folder: URL) {
        let file = folder.appending(path: ReportDirectory.FileName.journal)
        self.path = file.path
        // What cannot be removed cannot be opened, or is no file that anyone could have written.
        try? FileManager.default.removeItem(at: file)
        var state = State()
        do {
            try Folder.make(folder) { Complaint($0) }
            state.output = try CheckedOutput(appendingTo: file.path)
        } catch {
            state.trouble = error
        }
        self.state = Mutex(state)
    }

    /// Why it is not whole.
    var trouble: Complaint? { self.state.withLock { $0.trouble } }

    /// Tells which run it is. The repetitions of a run are told once.
    package func begin(_ outline: RunReport) {
        guard self.state.withLock({ $0.offset }) == 0 else { return }
        var outline = outline
        outline.results = []
        _ = self.append { try JSONWriter.line(outline) }
    }

    /// Takes a final result, and gives back what of it must stay in memory.
    package func keep(_ result: CaseResult) -> CaseResult {
        guard let place = self.append({ try JSONWriter.line(result) }) else { return result }
        return result.inJournal(atOffset: place.lowerBound, length: place.count)
    }

    /// Takes the file of a run that came to nothing away.
    package func discard() {
        self.state.withLock { $0.output = nil }
        // Should it stay, it says what is so: that no case was played.
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// Returns where the line is, without its line feed.
    private func append(_ line: () throws -> Data) -> Range<Int>? {
        do {
            var bytes = try Array(line())
            bytes.append(UInt8(ascii: "\n"))
            return try self.state.withLock { state in
                guard let output = state.output else { return nil }
                try output.write(bytes)
                defer { state.offset += bytes.count }
                return state.offset..<(state.offset + bytes.count - 1)
            }
        } catch {
            self.state.withLock { state in
                // What comes behind half a line could not be told from it.
                state.output = nil
                state.trouble = state.trouble ?? Complaint(explaining: error)
            }
            return nil
        }
    }
}

// MARK: - Reading

extension RunJournal {
    /// Reads what was written so far, while others may write on.
    var reader: Reader {
        // Where there is none, no result was given away, and nobody asks it for a line.
        Reader(handle: FileHandle(forReadingAtPath: self.path))
    }

    /// Not for several threads.
    struct Reader: EvidenceSource {
        fileprivate let handle: FileHandle?

        func json(of result: CaseResult) throws -> Data {
            guard let place = result.journaled else { return try JSONWriter.line(result) }
            if !place.isOutdated { return try self.line(at: place) }
            var whole = result
            whole.observation = try self.observation(of: result)
            return try JSONWriter.line(whole)
        }

        func observation(of result: CaseResult) throws -> Observation? {
            guard let place = result.journaled else { return result.observation }
            return try RunFile.decoder().decode(Seen.self, from: self.line(at: place)).observation
        }

        private struct Seen: Decodable {
            var observation: Observation?
        }

        private func line(at place: CaseResult.Journaled) throws -> Data {
            try self.handle?.seek(toOffset: UInt64(place.offset))
            guard let line = try self.handle?.read(upToCount: place.length), line.count == place.length else {
                throw Complaint("\(ReportDirectory.FileName.journal) is gone, or shorter than it was")
            }
            return line
        }
    }
}

/// Where reports find what was seen of a case.
protocol EvidenceSource {
    /// The whole result, as `run.json` has it.
    func json(of result: CaseResult) throws -> Data
    func observation(of result: CaseResult) throws -> Observation?
}

/// Results that hold all of it themselves.
struct EvidenceInMemory: EvidenceSource {
    func json(of result: CaseResult) throws -> Data { try JSONWriter.line(result) }
    func observation(of result: CaseResult) throws -> Observation? { result.observation }
}

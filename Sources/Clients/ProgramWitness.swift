import ClientPrograms
import Foundation
import ScenarioModel

/// What a program that has ended tells: by its output, and by how it ended.
struct ProgramWitness {
    let name: String
    private let title: String
    private let command: String
    private let status: Int32?
    private let words: ClientWords
    private let printed: [UInt8]
    private let complained: String

    /// How much of its output is kept.
    private static let excerptLimit = 600

    init(kit: ClientKit, running: ClientKit.Running, status: Int32?) {
        self.name = kit.client.name
        self.title = kit.client.title
        self.command = running.command
        self.status = status
        self.words = kit.client.words
        (self.printed, self.complained) = running.words
    }

    func printed(_ bytes: [UInt8]) -> Bool { self.printed.firstRange(of: bytes) != nil }

    private var output: String { self.complained + "\n" + String(decoding: self.printed, as: UTF8.self) }

    /// The code of the alert that it says to have received.
    var alert: UInt8? { self.words.alert(in: self.output) }

    /// In words, with the last that it said.
    var end: String { self.lastWords.isEmpty ? self.ending : "\(self.ending): \(self.lastWords)" }

    private var ending: String {
        self.status.map { "it ended with status \($0)" } ?? "it still ran when its time was up"
    }

    private var lastWords: String {
        let complaint = self.complained.trimmingCharacters(in: .whitespacesAndNewlines)
        let words =
            complaint.isEmpty ? String(decoding: self.printed.suffix(Self.excerptLimit), as: UTF8.self) : complaint
        return String(words.suffix(Self.excerptLimit)).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func observation(isConnected: Bool) -> ProgramObservation {
        let account: ProgramObservation.Account =
            if isConnected {
                .connected
            } else if self.words.tellsNotVerified(self.output) {
                .notVerified
            } else if self.status == nil {
                .timedOut
            } else {
                .refused
            }
        return ProgramObservation(
            title: self.title,
            command: self.command,
            status: self.status,
            account: account,
            lastWords: self.lastWords
        )
    }

    /// For the timeline of the connection, which ends no later.
    ///
    /// - Parameter time: milliseconds since the case began.
    func notes(at time: Double) -> [TimelineEntry] {
        ["\(self.title): \(self.command)", self.end].map { TimelineEntry(at: time, kind: .note, detail: $0) }
    }
}

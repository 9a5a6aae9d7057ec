import ScenarioModel
import Verdicts

/// What a page says of a column besides its numbers.
struct ColumnProfile {
    /// Lines of each configuration file that are shown, from its beginning and its end.
    private static let lineLimits = (head: 90, tail: 30)

    var configuration: [ConfigurationExcerpt]
    /// The command that runs one case again, with U+0001 in the place of its id; `nil` where it is not the same for all, as in
    /// runs that were put together.
    var replay: String?

    init(_ report: RunReport) {
        let replays = Set(report.results.lazy.map(Self.replay(of:)))
        self.replay = replays.count == 1 ? replays.first : nil
        self.configuration = (report.configuration ?? []).map { file in
            var file = file
            file.text = Self.shortened(FoldersOfMachine.hidden(in: file.text))
            return file
        }
    }

    static func replay(of result: CaseResult) -> String {
        result.replay.replacing(result.testCase.id, with: "\u{1}")
    }

    private static func shortened(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let (head, tail) = Self.lineLimits
        guard lines.count > head + tail + 1 else { return text }
        let gap: Substring = "… \(lines.count - head - tail) lines left out …"
        return (lines.prefix(head) + [gap] + lines.suffix(tail)).joined(separator: "\n")
    }
}

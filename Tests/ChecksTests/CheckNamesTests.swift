import Foundation
import Testing
import Verdicts

@Suite("Names of checks")
struct CheckNamesTests {
    /// A waiver can name a check only if it is in the list.
    @Test("every check that the judge makes is in the list, and nothing else is")
    func names() throws {
        let sources = URL(filePath: #filePath).appending(path: "../../../Sources/Checks").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var made: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /check(?::| =) "([^"]*)"/) {
                made.insert(String(match.output.1))
            }
        }
        #expect(made == Set(CheckResult.names))
    }
}

import FolderTesting
import Foundation
import ProgramKit
import Testing

@Suite("Folders")
struct FolderTests {
    @Test("are made with those above them, and made again without harm")
    func makes() throws {
        try withTemporaryFolder { temporary in
            let folder = temporary.appending(path: "a/b")
            for _ in 0..<2 { try Folder.make(folder) { Complaint($0) } }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("that cannot be made are said with their path and why, in the caller's own error")
    func refused() throws {
        let temporary = try TemporaryFolder()
        let file = try temporary.write("", to: "file")
        let error = try #require(throws: Complaint.self) {
            try Folder.make(URL(filePath: "\(file)/below")) { Complaint($0, hint: "choose another") }
        }
        #expect(error == Complaint("cannot make the folder \(file)/below: not a directory", hint: "choose another"))
    }
}

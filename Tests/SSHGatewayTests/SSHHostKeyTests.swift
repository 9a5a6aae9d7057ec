import FolderTesting
import Foundation
import ProgramKit
import SSHGateway
import Testing

@Suite("The gateway's host key")
struct SSHHostKeyTests {
    @Test("is made for its owner alone where there is none, and is the same at the next start")
    func kept() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "host").path
            let made = try SSHHostKey.kept(in: file)
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(made.publicLine.hasPrefix("ssh-ed25519 AAAA"))
            #expect(made.fingerprint.hasPrefix("SHA256:"))
            let again = try SSHHostKey.kept(in: file)
            #expect(again.publicLine == made.publicLine)
            #expect(again.fingerprint == made.fingerprint)
        }
    }

    @Test("is never written over, and a file that is none says so with its path")
    func bad() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "host").path
            try Data("no key\n".utf8).write(to: URL(filePath: file))
            let read = try #require(throws: Complaint.self) { try SSHHostKey.kept(in: file) }
            #expect("\(read)".contains(file))
            #expect(throws: Complaint.self) { try SSHHostKey(making: file) }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "no key\n")
            #expect(throws: Complaint.self) { try SSHHostKey.kept(in: folder.appending(path: "no/where").path) }
        }
    }
}

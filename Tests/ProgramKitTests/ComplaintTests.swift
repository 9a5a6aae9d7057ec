import Foundation
import ProgramKit
import Testing

@Suite("Complaints")
struct ComplaintTests {
    struct Refusal: ExplainedError {
        var complaint: Complaint { Complaint("no", hint: "ask nicely", exitStatus: .usage) }
    }

    @Test("are printed with the program's name before each line, and the hint last")
    func text() {
        let complaint = Complaint("a.yaml:1:1: is empty\nb.yaml:2:3: unknown key 'x'", hint: "write it")
        #expect(
            complaint.text(program: "shakedown-edge") == """
                shakedown-edge: error: a.yaml:1:1: is empty
                shakedown-edge: error: b.yaml:2:3: unknown key 'x'
                hint: write it

                """
        )
        #expect(Complaint("no").text(program: "shakedown") == "shakedown: error: no\n")
    }

    @Test("are made of errors that explain themselves, and of those that do not")
    func explaining() {
        #expect(Complaint(explaining: Refusal()) == Complaint("no", hint: "ask nicely", exitStatus: .usage))
        #expect(Complaint(explaining: POSIXError(.EACCES)).message == "permission denied")
        #expect(Complaint(explaining: CancellationError()).message == "CancellationError()")
    }

    @Test(
        "say a failure of the system in its own words",
        arguments: [
            (ENOENT, "no such file or directory"), (EACCES, "permission denied"), (EIO, "input/output error"),
            (ENOSPC, "no space left on device"), (EMFILE, "too many open files"),
        ]
    )
    func reasons(number: Int32, words: String) {
        #expect(Reason.text(ofErrno: number) == words)
    }

    @Test("say why Foundation could not read or write, without its codes")
    func foundation() throws {
        let missing = URL(filePath: "/nowhere/at/all")
        let read = try #require(throws: (any Error).self) { try Data(contentsOf: missing) }
        #expect(Reason.text(of: read) == "no such file or directory")
        let write = try #require(throws: (any Error).self) { try Data().write(to: missing, options: .atomic) }
        #expect(Reason.text(of: write) == "no such file or directory")
    }
}

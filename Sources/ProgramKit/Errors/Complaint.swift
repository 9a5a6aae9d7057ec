/// Something that a person can put right, with how.
package struct Complaint: Error, Hashable, Sendable, CustomStringConvertible {
    /// Lower case, no full stop: `cannot listen on 0.0.0.0:443: permission denied`.
    package let message: String
    /// What to do, where we know.
    package let hint: String?
    /// What the program ends with; `nil` leaves it to whoever prints it.
    package let exitStatus: ExitStatus?

    package init(_ message: String, hint: String? = nil, exitStatus: ExitStatus? = nil) {
        self.message = message
        self.hint = hint
        self.exitStatus = exitStatus
    }

    /// The message, and the hint on a line of its own.
    package var description: String { self.hint.map { "\(self.message)\nhint: \($0)" } ?? self.message }
}

/// An error with a type of its own that knows how it is said to a person.
package protocol ExplainedError: Error {
    var complaint: Complaint { get }
}

extension Complaint: ExplainedError {
    package var complaint: Complaint { self }
}

extension Complaint {
    /// Whatever went wrong, in words.
    package init(explaining error: any Error) {
        self = (error as? any ExplainedError)?.complaint ?? Complaint(Reason.text(of: error))
    }

    /// As every program of ours prints it: `NAME: error: …` for each line of the message, then `hint: …`.
    package func text(program: String) -> String {
        let lines = self.message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { "\(program): error: \($0)\n" }
        return lines.joined() + (self.hint.map { "hint: \($0)\n" } ?? "")
    }

    /// Prints an error on standard error, and tells what to end with.
    ///
    /// - Parameter status: For errors that do not say themselves.
    package static func report(_ error: any Error, program: String, status: ExitStatus) -> ExitStatus {
        let complaint = Complaint(explaining: error)
        do {
            try CheckedOutput.standardError.write(complaint.text(program: program))
        } catch {
            // There is nowhere left to say it; the exit status still does.
        }
        return complaint.exitStatus ?? status
    }

    /// The same for a program that ends also where nobody reads its standard error, be it unsaid.
    package static func reportInTime(_ error: any Error, program: String, status: ExitStatus) async -> ExitStatus {
        let complaint = Complaint(explaining: error)
        let text = complaint.text(program: program)
        let output = LineWriter(.standardError, limit: text.utf8.count, reporting: .elsewhere { _ in })
        output.write(text)
        await output.finish()
        return complaint.exitStatus ?? status
    }
}

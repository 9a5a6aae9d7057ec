/// How a program ends. Docs/exit-codes.md says what each means in which program.
package struct ExitStatus: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let success = ExitStatus(rawValue: 0)
    /// It did what was asked, and the answer is no.
    package static let failure = ExitStatus(rawValue: 1)
    /// The command line or a file of the user's is wrong (`EX_USAGE` of sysexits.h).
    package static let usage = ExitStatus(rawValue: 64)
    /// The program itself failed (`EX_SOFTWARE`).
    package static let software = ExitStatus(rawValue: 70)
}

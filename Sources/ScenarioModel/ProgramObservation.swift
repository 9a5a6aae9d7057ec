/// What became of a client that is somebody else's program, as its output and its exit tell.
package struct ProgramObservation: Hashable, Sendable, Codable {
    /// What it is, with its version: `curl 7.88.1, OpenSSL 3.0.22`.
    package var title: String
    /// As a shell would be told it.
    package var command: String
    /// As a shell says it; `nil` where it was ended because its time was up.
    package var status: Int32?
    package var account: Account
    /// The last that it said, of its standard error first.
    package var lastWords: String

    package init(title: String, command: String, status: Int32?, account: Account, lastWords: String) {
        self.title = title
        self.command = command
        self.status = status
        self.account = account
        self.lastWords = lastWords
    }

    /// What it says of its connection.
    package enum Account: String, CaseIterable, Codable, Hashable, Sendable {
        /// It has what only the upstream can have told it.
        case connected
        /// It got nothing, and does not say that it was the one who would not go on.
        case refused
        /// It did not take the certificate that it was shown.
        case notVerified = "not-verified"
        /// It was still waiting when its time was up.
        case timedOut = "timed-out"
    }
}

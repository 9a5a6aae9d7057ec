package import AgentProtocol
package import ConfigurationFiles

/// What is wrong with a traffic policy, and where it stands.
package struct PolicyError: Error, Hashable, Sendable {
    package let error: NgrokError
    package let place: Place

    init(_ error: NgrokError, at place: Place) {
        self.error = error
        self.place = place
    }

    /// For somebody who sent the policy and knows no file of ours: `line 3, column 9: …`
    package var located: NgrokError {
        guard let line = self.place.line, let column = self.place.column else { return self.error }
        return NgrokError(code: self.error.code, message: "line \(line), column \(column): \(self.error.message)")
    }
}

extension PolicyError: CustomStringConvertible {
    package var description: String { "\(self.place): \(self.error)" }
}

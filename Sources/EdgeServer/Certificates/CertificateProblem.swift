/// Why a certificate file of the configuration cannot be used, and what to do.
package struct CertificateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let hint: String

    init(_ description: String, hint: String) {
        self.description = description
        self.hint = hint
    }
}

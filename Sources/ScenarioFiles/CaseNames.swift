import ScenarioModel

/// The names of one case's endpoints: the same in every process and on every machine, and another case's never.
package struct CaseNames: Hashable, Sendable {
    private let suffix: String
    private let baseDomain: String
    /// Names that are given, by the endpoint's key.
    private let given: [String: String]

    package init(caseID: String, baseDomain: String, given: [String: String] = [:]) {
        self.suffix = Self.hexadecimal(StableHash.value(of: caseID))
        self.baseDomain = baseDomain
        self.given = given
    }

    /// `tenant-3fa9c2d1b07e.shakedown.test`
    package func name(of key: String) -> String { self.given[key] ?? "\(key)-\(self.suffix).\(self.baseDomain)" }

    /// A name that nobody serves.
    package var unknown: String { self.name(of: "unknown") }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}

import Verdicts

/// Trouble of the harness itself.
struct RunError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A part of the target did not do what the case needs of it: a fault of the target's, seen from outside its connections.
struct TargetFailure: Error, CustomStringConvertible {
    let description: String
    /// What failed by name, where a check says it.
    var checks: [CheckResult] = []
}

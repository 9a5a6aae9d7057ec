package import ProgramKit

/// Why a target cannot be used: our trouble, never a verdict. Two are equal when their ``code`` is.
package struct TargetError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    package let message: String
    /// What a person can do about it.
    package let hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    /// The sentence, and the hint on a line of its own.
    package var description: String {
        self.hint.map { "\(self.message)\nhint: \($0)" } ?? self.message
    }

    package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package var description: String { self.rawValue }

        package static let unknownTarget = Code(rawValue: "unknown-target")
        package static let programNotFound = Code(rawValue: "program-not-found")
        /// A template, or the deployment that it is rendered from, cannot make a configuration.
        package static let badTemplate = Code(rawValue: "bad-template")
        /// The program read its configuration and said no.
        package static let refusedConfiguration = Code(rawValue: "refused-configuration")
        package static let exitedEarly = Code(rawValue: "exited-early")
        package static let notReady = Code(rawValue: "not-ready")
        /// An edge that should run already is not where it was said to be.
        package static let unreachable = Code(rawValue: "unreachable")
        package static let busyPort = Code(rawValue: "busy-port")
        package static let cannotWrite = Code(rawValue: "cannot-write")
        package static let cannotRun = Code(rawValue: "cannot-run")
        package static let cannotInstall = Code(rawValue: "cannot-install")
        /// What its file calls a counter is nothing that the target tells of.
        package static let unknownMetric = Code(rawValue: "unknown-metric")
        package static let noSuchAgent = Code(rawValue: "no-such-agent")
    }
}

extension TargetError: ExplainedError {
    package var complaint: Complaint {
        Complaint(self.message, hint: self.hint, exitStatus: self.code.isForTheUser ? .usage : nil)
    }
}

extension TargetError.Code {
    /// What was asked for, or a file of the target's, is wrong; the others are trouble on the way.
    private static let forTheUser: Set<Self> = [
        .unknownTarget, .programNotFound, .badTemplate, .refusedConfiguration, .cannotInstall, .unreachable,
    ]

    /// A program of the target was started, and ended or never was ready.
    package var isTargets: Bool { [.refusedConfiguration, .exitedEarly, .notReady].contains(self) }

    fileprivate var isForTheUser: Bool { Self.forTheUser.contains(self) }
}

package import ProgramKit

/// Why the store, or its key, cannot be had or cannot do what it was asked, said so that its owner can put it right.
///
/// Two are equal when their ``code`` is.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Code
    /// Lower case, no full stop; names the file.
    package let message: String
    /// What to do, where we know.
    package let hint: String?

    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A file or folder that is not there, is of another kind or another user's, or cannot be read or written.
        package static let unusable = Code(rawValue: "unusable")
        package static let openToOthers = Code(rawValue: "open to others")
        package static let inUse = Code(rawValue: "in use")
        /// The file of the key holds no key.
        package static let badKey = Code(rawValue: "bad key")
        package static let wrongKey = Code(rawValue: "wrong key")
        package static let notAStore = Code(rawValue: "not a store")
        package static let newerVersion = Code(rawValue: "newer version")
        package static let damaged = Code(rawValue: "damaged")
        package static let full = Code(rawValue: "full")
        /// The change has an object that cannot be kept as it is: its maker's mistake.
        package static let badChange = Code(rawValue: "bad change")
        package static let closed = Code(rawValue: "closed")
        /// Whatever else the system or SQLite could not do.
        package static let failed = Code(rawValue: "failed")
    }

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.code == rhs.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package var description: String { self.message }
}

extension StoreError: ExplainedError {
    package var complaint: Complaint {
        // What is wrong with a file that the user has named is the user's to mend; the rest befalls a program that runs well.
        let ofTheUser: Set<Code> = [.unusable, .openToOthers, .badKey, .wrongKey, .notAStore, .newerVersion]
        return Complaint(
            self.message,
            hint: self.hint,
            exitStatus: ofTheUser.contains(self.code) ? .usage : nil
        )
    }
}

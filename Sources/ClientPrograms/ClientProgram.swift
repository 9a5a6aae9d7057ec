internal import Foundation
package import ProgramKit
package import ScenarioModel

/// One client: a stack, or a variant of one, that is here or not.
package struct ClientProgram: Sendable {
    package let description: ClientDescription
    package let variant: ClientDescription.Variant
    let folder: URL
    package let found: FoundClient

    /// As cases call it.
    package var name: String { self.variant.fullName(of: self.description) }

    /// With its version, for reports.
    package var title: String {
        var title = self.description.title
        if case .here(let place) = self.found { title += " \(place.version)" }
        guard let name = self.variant.name else { return title }
        return "\(title), \(self.variant.title ?? name)"
    }

    package var abilities: Set<ClientDescription.Ability> { self.description.abilities.subtracting(self.variant.lacks) }

    /// Why it cannot be the client of a plan, in a sentence; `nil` when it can.
    package func obstacle(to plan: ClientPlan) -> String? {
        if case .missing(let reason, let remedy) = self.found { return "\(self.name): \(reason): \(remedy)" }
        let lacking = plan.neededAbilities.filter { !self.abilities.contains($0) }
        guard !lacking.isEmpty else { return nil }
        return "\(self.name) cannot be asked for \(lacking.map(\.rawValue).joined(separator: ", "))"
    }

    /// What is understood of its output.
    package var words: ClientWords { self.description.words }
}

/// What is wrong with the description of clients, or with what was asked of it.
package struct ClientProgramError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var description: String { self.hint.map { "\(self.message)\nhint: \($0)" } ?? self.message }
}

extension ClientProgramError: ExplainedError {
    package var complaint: Complaint { Complaint(self.message, hint: self.hint, exitStatus: .usage) }
}

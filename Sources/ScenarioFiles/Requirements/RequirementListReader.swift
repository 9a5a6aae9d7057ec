import ConfigurationFiles
import ScenarioModel

/// What one document demands, from a file of `Scenarios/Requirements`.
struct RequirementListReader {
    let reading: Reading
    /// The ids of the catalogue's scenarios, in its order.
    let scenarios: [String]
    let ids: RequirementIDs

    /// What could not be read is reported, and `nil` where there is no telling what the file is about.
    func list(_ root: YAMLNode) -> RequirementList? {
        guard let object = ObjectReader(root, Grammar.requirementList, self.reading) else { return nil }
        let title = object.required("title", in: "a list of requirements").flatMap { self.reading.text($0) }
        let scope = object.required("scope", in: "a list of requirements").flatMap { self.reading.text($0) }
        let former = object.node("replaces").flatMap { self.document($0) }
        let nodes = object.required("requirements", in: "a list of requirements").map { self.reading.elements($0) }
        guard let document = object.required("document", in: "a list of requirements").flatMap({ self.document($0) })
        else { return nil }
        return RequirementList(
            document: document,
            title: title ?? "",
            scope: scope ?? "",
            formerDocument: former,
            requirements: (nodes ?? []).compactMap { self.requirement($0, of: document, isReplacement: former != nil) }
        )
    }

    private func document(_ node: YAMLNode) -> Rule.Document? {
        guard let name = self.reading.text(node) else { return nil }
        if let document = Rule.Document(name), document.isSpecification { return document }
        self.reading.report("'\(name)' is no specification: an RFC by its number, or PROXY protocol", at: node)
        return nil
    }

    private func requirement(_ node: YAMLNode, of document: Rule.Document, isReplacement: Bool) -> Requirement? {
        guard let object = ObjectReader(node, Grammar.requirement, self.reading) else { return nil }
        let section = object.required("section", in: "a requirement").flatMap { self.reading.text($0) }
        let text = object.required("text", in: "a requirement").flatMap { self.reading.text($0) }
        let level = object.required("level", in: "a requirement")
            .flatMap { self.reading.word($0, "level", as: Rule.Level.self) }
        let former = self.formerSection(object, section: section, isReplacement: isReplacement)
        let proof = self.proof(object)
        guard let idNode = object.required("id", in: "a requirement"), let id = self.reading.text(idNode),
            let section, let text, let level
        else { return nil }
        let beginning = "\(document.slug)-\(section.lowercased())-"
        guard id.hasPrefix(beginning), id.utf8.count > beginning.utf8.count else {
            self.reading.report(
                "'\(id)' is no id of a requirement of \(document) section \(section): it begins with '\(beginning)'",
                at: idNode
            )
            return nil
        }
        if let other = self.ids.place(of: id, at: idNode.place) {
            self.reading.report("the id '\(id)' is already in use at \(other.fileAndLine)", at: idNode)
        }
        return Requirement(
            id: id,
            rule: Rule(document: document, section: section, level: level),
            formerSection: former,
            text: text,
            proof: proof
        )
    }

    /// Where the replaced document says it: in the section of the same number, unless the file says another, or `none`.
    private func formerSection(_ object: ObjectReader, section: String?, isReplacement: Bool) -> String? {
        guard let node = object.node("replaced-section") else { return isReplacement ? section : nil }
        guard isReplacement else {
            self.reading.report("'replaced-section' needs 'replaces' at the top: which document has it", at: node)
            return nil
        }
        let text = self.reading.text(node)
        return text == "none" ? nil : text
    }

    private func proof(_ object: ObjectReader) -> Requirement.Proof {
        switch (object.node("scenarios"), object.node("unobservable")) {
        case (let node?, nil): .scenarios(self.checked(by: node))
        case (nil, let node?): .unobservable(reason: self.reason(node))
        case (nil, nil): .missing
        case (_?, let node?):
            self.contradiction(at: node)
        }
    }

    private func reason(_ node: YAMLNode) -> String {
        let reason = self.reading.text(node)
        if reason == "" { self.reading.report("'unobservable' says why nobody outside can tell", at: node) }
        return reason ?? ""
    }

    private func contradiction(at node: YAMLNode) -> Requirement.Proof {
        self.reading.report("what scenarios check can be observed: either 'scenarios' or 'unobservable'", at: node)
        return .missing
    }

    /// The scenarios that globs name; a glob that names none has been left behind by a scenario's going.
    private func checked(by node: YAMLNode) -> [String] {
        let elements = self.reading.elements(node)
        if elements.isEmpty {
            self.reading.report("'scenarios' names none; leave it out where no scenario checks it", at: node)
        }
        let globs = elements.compactMap { element -> Glob? in
            guard let pattern = self.reading.text(element) else { return nil }
            let glob = Glob(pattern)
            if !self.scenarios.contains(where: glob.matches) {
                let hint = Suggestion.clause(for: pattern, among: self.scenarios)
                self.reading.report("no scenario matches '\(pattern)'\(hint)", at: element)
            }
            return glob
        }
        return self.scenarios.filter { id in globs.contains { $0.matches(id) } }
    }
}

/// Where the requirements of all files stand, so that none is there twice.
final class RequirementIDs {
    private var places: [String: Place] = [:]

    /// Where this id stood first; `nil` when it is new.
    func place(of id: String, at place: Place) -> Place? {
        if let first = self.places[id] { return first }
        self.places[id] = place
        return nil
    }
}

extension Rule.Document {
    /// Whether others have written it down: what a target declares of itself, ngrok's pages and the house's rules have no
    /// sentences to be counted.
    fileprivate var isSpecification: Bool {
        switch self {
        case .rfc, .proxyProtocol: true
        case .declaredFeatures, .ngrokTLSEndpoints, .house: false
        }
    }
}

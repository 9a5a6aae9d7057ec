import JSONText
import ScenarioModel
import Verdicts

extension Scenario {
    /// What a page's script knows of a scenario beside its id.
    var pageMembers: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("title", .string(self.title)),
            .init("rule", .string(self.rule.citation)),
            .init("level", .string(self.rule.level.rawValue)),
            .init("importance", .string(self.importance.rawValue)),
            .init("origins", .array(ScenarioOrigin.all(of: self).map { .string($0.name) })),
        ]
        if let url = self.rule.url { members.append(.init("url", .string(url))) }
        if !self.rationale.isEmpty { members.append(.init("why", .string(self.rationale))) }
        if !self.references.isEmpty { members.append(.init("refs", .array(self.references.map { .string($0) }))) }
        if !self.tags.isEmpty { members.append(.init("tags", .array(self.tags.map { .string($0) }))) }
        if !self.file.isEmpty { members.append(.init("file", .string("\(self.file):\(self.line)"))) }
        return members
    }
}

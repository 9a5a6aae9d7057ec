import ConfigurationFiles
import JSONText

/// A part of a scenario that somebody else reads: it becomes JSON as it stands.
struct JSONReader {
    let reading: Reading

    /// As a text of JSON.
    func json(_ node: YAMLNode) -> String? {
        guard let whole = self.substituted(node) else { return nil }
        do {
            return String(decoding: try YAMLValue(whole).json().encoded, as: UTF8.self)
        } catch {
            self.reading.log.report([error])
            return nil
        }
    }

    /// What stands for another value is that value; what has something put into it is a text, as it were in quotes.
    private func substituted(_ node: YAMLNode) -> YAMLNode? {
        let node = self.reading.resolved(node)
        switch node.content {
        case .scalar(let text):
            guard text.contains("${") else { return node }
            return self.reading.text(node).map { YAMLNode(content: .scalar($0), place: node.place) }
        case .list(let elements):
            let whole = elements.compactMap { self.substituted($0) }
            return whole.count == elements.count ? YAMLNode(content: .list(whole), place: node.place) : nil
        case .mapping:
            guard let object = ObjectReader(node, named: "body", keys: nil, self.reading) else { return nil }
            let whole = object.entries.compactMap { entry -> (key: YAMLNode, value: YAMLNode)? in
                guard let key = self.substituted(entry.key), let value = self.substituted(entry.value) else {
                    return nil
                }
                return (key, value)
            }
            return whole.count == object.entries.count ? YAMLNode(content: .mapping(whole), place: node.place) : nil
        }
    }
}

extension Reading {
    /// With `${x.pem}` and `${x.key}`, which stand for themselves until the target is configured or the case is played.
    func knowing(recipes: Set<String>?) -> Reading {
        var reading = self
        reading.scope.takesAnyCertificate = recipes == nil
        for name in recipes ?? [] {
            for form in ["pem", "key"] { reading.scope.texts["\(name).\(form)"] = "${\(name).\(form)}" }
        }
        return reading
    }
}

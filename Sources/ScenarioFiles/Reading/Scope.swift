import ConfigurationFiles

/// The choices that `${…}` stood for, over all cases of a scenario.
final class ChoiceUsage {
    /// `version`, `client.alerts`.
    private(set) var expressions: Set<String> = []

    func note(_ expression: String) { self.expressions.insert(expression) }
}

/// What `${…}` stands for while one case is read.
struct Scope {
    /// `version`, `client`, `client.alerts`: what the case chose. A choice's fields follow a dot.
    var choices: [String: YAMLNode] = [:]
    /// The endpoints' names below the base domain, without a wildcard's `*.`: `tenant` → `tenant-3fa9c2d1b07e.shakedown.test`.
    var endpointNames: [String: String] = [:]
    /// `domain`, `unknown`.
    var texts: [String: String] = [:]
    /// Whether `${x.pem}` and `${x.key}` stand for themselves, whatever `x` is: for who knows no certificates.
    var takesAnyCertificate = false
    /// Whether `${conn.client_ip}` and the like stand for themselves: a traffic policy has variables of its own.
    var takesPolicyVariables = false
    /// Remembers which choices were asked for.
    var usage: ChoiceUsage?

    enum Meaning {
        case node(YAMLNode)
        case text(String)
    }

    /// What stands for the words between `${` and `}`.
    func meaning(of expression: String) -> Meaning? {
        if let node = self.choices[expression] {
            self.usage?.note(expression)
            return .node(node)
        }
        if let text = self.texts[expression] { return .text(text) }
        if self.takesAnyCertificate, expression.hasSuffix(".pem") || expression.hasSuffix(".key") {
            return .text("${\(expression)}")
        }
        if self.takesPolicyVariables, Self.policyRoots.contains(where: { expression.hasPrefix($0) }) {
            return .text("${\(expression)}")
        }
        guard let dot = expression.firstIndex(of: ".") else { return nil }
        guard let name = self.endpointNames[String(expression[..<dot])] else { return nil }
        return Self.form(String(expression[expression.index(after: dot)...]), of: name).map(Meaning.text)
    }

    /// The words that `${…}` could have had, for the hint of a message.
    var knownExpressions: [String] {
        let names = self.endpointNames.keys.flatMap { key in Self.forms.map { "\(key).\($0)" } }
        return Array(self.choices.keys) + Array(self.texts.keys) + names
    }

    /// What the names of a traffic policy's variables begin with.
    static let policyRoots = ["conn.", "actions.ngrok.", "endpoint.", "vars."]

    static let forms = ["name", "upper", "mixed", "label", "parent", "padded-253"]

    /// A way to write an endpoint's name.
    ///
    /// `padded-N` puts labels of letters in front until the whole name has N bytes.
    private static func form(_ form: String, of name: String) -> String? {
        switch form {
        case "name": return name
        case "upper": return name.uppercased()
        case "mixed":
            var isUpper = false
            return String(
                name.map { character in
                    isUpper.toggle()
                    return isUpper ? Character(character.uppercased()) : character
                }
            )
        case "label": return String(name.prefix { $0 != "." })
        case "parent": return String(name.drop { $0 != "." }.dropFirst())
        default:
            guard form.hasPrefix("padded-"), let length = Int(form.dropFirst("padded-".count)) else { return nil }
            return Self.padded(name, to: length)
        }
    }

    private static func padded(_ name: String, to length: Int) -> String? {
        var missing = length - name.utf8.count
        guard missing >= 2 else { return missing == 0 ? name : nil }
        var labels: [String] = []
        while missing > 0 {
            // A label and its dot; one byte alone could not be a label, so the one before leaves two.
            var size = min(missing - 1, 50)
            if missing - size - 1 == 1 { size -= 1 }
            labels.append(String(repeating: "a", count: size))
            missing -= size + 1
        }
        return labels.joined(separator: ".") + "." + name
    }
}

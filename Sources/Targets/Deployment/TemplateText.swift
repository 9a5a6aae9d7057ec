internal import Addresses
internal import Mustache

/// A deadline in templates: `3000ms` as it stands, `3` as its `seconds`, `3000` as its `milliseconds`.
struct DeadlineText: MustacheCustomRenderable, MustacheParent {
    static let members: Set<String> = ["seconds", "milliseconds"]

    let milliseconds: Int

    init(seconds: Double) {
        self.milliseconds = Int((seconds * 1_000).rounded())
    }

    /// Whole where it can be: not every edge reads `3.0`.
    var seconds: String {
        let (whole, rest) = self.milliseconds.quotientAndRemainder(dividingBy: 1_000)
        return rest == 0 ? "\(whole)" : "\(Double(self.milliseconds) / 1_000)"
    }

    var renderText: String { "\(self.milliseconds)ms" }
    var isNull: Bool { false }

    func child(named name: String) -> Any? {
        switch name {
        case "seconds": self.seconds
        case "milliseconds": self.milliseconds
        default: nil
        }
    }
}

/// A CIDR block in templates: `10.0.0.0/8` as it stands, and its two halves for edges that want them apart.
struct BlockText: MustacheCustomRenderable, MustacheParent {
    static let members = ["address", "prefix"]

    /// As the scenario has it.
    let renderText: String
    private let block: CIDRBlock?

    init(_ text: String) {
        self.renderText = text
        self.block = CIDRBlock(text)
    }

    var isNull: Bool { false }

    func child(named name: String) -> Any? {
        switch name {
        case "address": self.block?.network.description
        case "prefix": self.block?.prefixLength
        default: nil
        }
    }
}

/// Names in regular expressions.
enum NamePattern {
    /// A name that stands for itself alone, in every dialect of regular expressions.
    static func escaped(_ name: String) -> String {
        name.reduce(into: "") { text, character in
            if "\\^$.|?*+()[]{}".contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}

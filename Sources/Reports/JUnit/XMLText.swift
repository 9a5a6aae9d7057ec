/// Writes indented XML, escaping everything it is given.
struct XMLText {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var open: [String] = []

    typealias Attributes = [(name: String, value: String)]

    mutating func start(_ name: String, _ attributes: Attributes = []) {
        self.line("<\(name)\(Self.rendered(attributes))>")
        self.open.append(name)
    }

    mutating func end() {
        let name = self.open.removeLast()
        self.line("</\(name)>")
    }

    mutating func empty(_ name: String, _ attributes: Attributes = []) {
        self.line("<\(name)\(Self.rendered(attributes))/>")
    }

    /// An element with text, on its own lines of the file but without white space of ours inside.
    mutating func element(_ name: String, _ attributes: Attributes = [], text: String) {
        guard !text.isEmpty else { return self.empty(name, attributes) }
        self.line("<\(name)\(Self.rendered(attributes))>\(SafeText.xml(text))</\(name)>")
    }

    private mutating func line(_ content: String) {
        self.text += String(repeating: "  ", count: self.open.count) + content + "\n"
    }

    private static func rendered(_ attributes: Attributes) -> String {
        attributes.map { " \($0.name)=\"\(SafeText.xml($0.value, inAttribute: true))\"" }.joined()
    }
}

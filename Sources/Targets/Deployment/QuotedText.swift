internal import Mustache

/// The content type `QUOTED` of templates: values stand between double quotes, in which YAML, HAProxy's and nginx's
/// configuration all read a backslash before a quote or a backslash.
struct QuotedText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    static func register() {
        MustacheContentTypes.register(QuotedText(), named: "QUOTED")
    }
}

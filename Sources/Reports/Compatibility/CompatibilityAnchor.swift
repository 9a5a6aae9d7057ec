import Foundation
import ScenarioModel
import Verdicts

/// Addresses inside the page that stay what they are: of elements, which work without its script, and of the script's views.
enum CompatibilityAnchor {
    /// `s-framing.records.split`
    static func scenario(_ id: String) -> String { "s-\(Self.plain(id))" }
    /// `a-rfc-framing`
    static func area(_ area: Compatibility.Area) -> String { "a-\(area.origin.slug)-\(Self.plain(area.name))" }
    /// `target-haproxy`
    static func target(_ id: String) -> String { "target-\(Self.plain(id))" }
    /// `behaviour-unknown-name`
    static func behaviour(_ id: String) -> String { "behaviour-\(Self.plain(id))" }

    /// Opens the panel of one case of a column.
    static func panel(ofCase id: String, column: String) -> String {
        "#c=\(Self.escaped(id))&amp;t=\(Self.escaped(column))"
    }

    /// Letters, digits, dots and hyphens alone, as names of targets, versions and ids have them.
    static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

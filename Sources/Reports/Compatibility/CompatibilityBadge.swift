import Verdicts

/// One number of one target, to be shown elsewhere: a small SVG in the manner of those that README files have.
struct CompatibilityBadge {
    var fileName: String
    var label: String
    var value: String
    /// What fills the field behind the value.
    var colour: String

    /// For each column two, since the two scores are never one.
    static func all(_ compatibility: Compatibility) -> [CompatibilityBadge] {
        compatibility.columns.flatMap { column in
            let name = CompatibilityAnchor.plain(column.id)
            let title = "\(column.target.title) \(column.target.version)"
            return [
                CompatibilityBadge(
                    fileName: "\(name)-musts.svg",
                    label: "\(title): RFC MUSTs held",
                    value: column.musts.supported == 0
                        ? "none asked" : "\(column.musts.held) of \(column.musts.supported)",
                    colour: Self.colour(column.musts)
                ),
                CompatibilityBadge(
                    fileName: "\(name)-features.svg",
                    label: "\(title): features",
                    value: column.featureText,
                    colour: Self.neutral
                ),
            ]
        }
    }

    private static let neutral = "#3b5b92"

    /// Green for all and nothing but all.
    private static func colour(_ score: MustScore) -> String {
        if score.supported == 0 { return "#6b7280" }
        return score.held == score.supported && score.undecided == 0 ? "#18794e" : "#a8481f"
    }

    /// Pixels of a character of 11 px Verdana or DejaVu Sans, rounded up: a badge may be a little too wide, and never too narrow.
    private static let characterWidth = 7
    private static let padding = 8

    private static func width(_ text: String) -> Int { text.count * Self.characterWidth + 2 * Self.padding }

    var svg: String {
        let (left, right) = (Self.width(self.label), Self.width(self.value))
        let (label, value) = (SafeText.xml(self.label, inAttribute: true), SafeText.xml(self.value, inAttribute: true))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" \
            aria-label="\(label): \(value)">
            <title>\(label): \(value)</title>
            <clipPath id="r"><rect width="\(left + right)" height="20" rx="4"/></clipPath>
            <g clip-path="url(#r)"><rect width="\(left)" height="20" fill="#3a3f47"/>\
            <rect x="\(left)" width="\(right)" height="20" fill="\(self.colour)"/></g>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">\
            <text x="\(left / 2)" y="14">\(label)</text><text x="\(left + right / 2)" y="14">\(value)</text></g>
            </svg>

            """
    }
}

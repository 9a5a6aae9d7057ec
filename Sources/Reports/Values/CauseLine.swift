import Verdicts

/// The words of a group of cases with one cause.
enum CauseLine {
    private static let textLimit = 400

    /// `12 × route: no upstream was contacted; expected …`
    static func head(_ group: CauseGroup) -> String {
        "\(group.members.count) × \(SafeText.shortened(group.cause.text, to: Self.textLimit))"
    }

    /// `framing.records.split (8), framing.drip (4)`, and how many more scenarios there are.
    static func scenarios(_ group: CauseGroup, limit: Int = 6) -> String {
        let isAlone = group.scenarios.count == 1
        var parts = group.scenarios.prefix(limit).map { isAlone ? $0.id : "\($0.id) (\($0.count))" }
        let left = group.scenarios.count - parts.count
        if left > 0 { parts.append("and \(NumberText.count(left, "more scenario"))") }
        return parts.joined(separator: ", ")
    }

    /// `waiver framing.records.split[*] and 6 more`; `nil` where no waiver spoke.
    static func waivers(_ group: CauseGroup) -> String? {
        guard let first = group.waivers.first else { return nil }
        let left = group.waivers.count - 1
        return first + (left > 0 ? " and \(left) more" : "")
    }
}

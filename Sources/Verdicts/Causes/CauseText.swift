import ScenarioModel

/// Makes the texts of one case comparable with those of others: names, addresses, times and amounts that differ from
/// case to case and from run to run are taken out of them.
struct CauseText {
    private let endpointKeys: Set<String>
    /// The endpoint that the strict answer leads to.
    private let ownKey: String?

    init(_ testCase: Case) {
        self.endpointKeys = Set(testCase.endpoints.map(\.key))
        let routed = testCase.expectation.strict.lazy.compactMap { $0.route?.keys.first }
        self.ownKey = routed.first ?? testCase.endpoints.first?.key
    }

    func of(_ check: CheckResult) -> String {
        // Only these speak of endpoints by their keys, which are ordinary words elsewhere.
        let namesEndpoints = check.check == "route" || check.check.hasPrefix("never ")
        func words(_ text: String) -> String { self.general(text, namesEndpoints: namesEndpoints) }
        // When a thing must happen is the scenario's own, and no case's.
        let expected = check.check == "within" ? check.expected : words(check.expected)
        return "\(check.check): \(words(check.observed)); expected \(expected)"
    }

    func general(_ text: String, namesEndpoints: Bool = false) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.indices.map { index in
            let next = index + 1 < words.count ? words[index + 1] : ""
            return self.general(words[index], before: next, namesEndpoints: namesEndpoints)
        }
        .joined(separator: " ")
    }

    private static let something = "…"
    private static let units: Set<Substring> = ["ms", "s", "bytes", "byte", "in", "out", "sent", "received"]

    private func general(_ word: Substring, before next: Substring, namesEndpoints: Bool) -> String {
        let core = word.trimmingPrefix(while: Self.isOpening).trimmingSuffix(while: Self.isClosing)
        guard !core.isEmpty else { return String(word) }
        let unit = next.trimmingSuffix(while: Self.isClosing)
        let replacement = self.replacement(for: core, unit: unit, isOpen: word.startIndex == core.startIndex)
        let endpoint = namesEndpoints ? self.endpoint(core) : nil
        guard let shown = endpoint ?? replacement else { return String(word) }
        return "\(word[..<core.startIndex])\(shown)\(word[core.endIndex...])"
    }

    private static func isOpening(_ character: Character) -> Bool { "('\"".contains(character) }
    private static func isClosing(_ character: Character) -> Bool { ",;:.)'\"".contains(character) }

    private func endpoint(_ word: Substring) -> String? {
        if word == "decoy" { return "the decoy" }
        guard self.endpointKeys.contains(String(word)) else { return nil }
        return String(word) == self.ownKey ? "its endpoint" : "another endpoint"
    }

    /// - Parameter isOpen: it stands in no brackets, where the numbers of alerts are.
    private func replacement(for word: Substring, unit: Substring, isOpen: Bool) -> String? {
        if let number = Double(word) {
            if !isOpen || number == 0 { return nil }
            return Self.units.contains(unit) || (number >= 100 && !word.contains(".")) ? Self.something : nil
        }
        if word.count >= 16, word.allSatisfy(\.isHexDigit) { return Self.something }
        if Self.isTimestamp(word) { return Self.something }
        if let colon = word.lastIndex(of: ":"), word[colon...].dropFirst().allSatisfy(\.isNumber),
            word[..<colon].hasSuffix("]") || word[..<colon].contains(".")
        {
            return "\(word[...colon])\(Self.something)"
        }
        return Self.withoutDigits(ofNamesIn: word)
    }

    /// `2026-11-23T04:00:00Z`
    private static func isTimestamp(_ word: Substring) -> Bool {
        let sample = "0000-00-00T".utf8
        let beginning = word.utf8.prefix(sample.count)
        return beginning.count == sample.count
            && zip(beginning, sample).allSatisfy { byte, model in
                model == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == model
            }
    }

    /// Every case has names of its own, by twelve digits, eight in older runs: `tenant-3fa9c2d1b07e.shakedown.test`. `nil`
    /// where there are none.
    private static func withoutDigits(ofNamesIn word: Substring) -> String? {
        var labels = word.split(separator: ".", omittingEmptySubsequences: false)
        var hasChanged = false
        for index in labels.indices.dropLast() {
            guard let dash = labels[index].lastIndex(of: "-") else { continue }
            let digits = labels[index][dash...].dropFirst()
            guard digits.count == 8 || digits.count == 12, digits.allSatisfy(\.isHexDigit) else { continue }
            labels[index] = labels[index][..<dash]
            hasChanged = true
        }
        return hasChanged ? labels.joined(separator: ".") : nil
    }
}

extension Substring {
    fileprivate func trimmingPrefix(while isDropped: (Character) -> Bool) -> Substring { self.drop(while: isDropped) }

    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
        guard let last = self.lastIndex(where: { !isDropped($0) }) else { return self.prefix(0) }
        return self[...last]
    }
}

/// Sizes in bytes as people write them: `4096`, `64KiB`, `1MiB`.
package enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("", 1)]

    /// `nil` for anything but a whole number with a unit or none, and for sizes beyond what can be counted.
    package static func read(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let name = text.dropFirst(digits.count)
        guard let count = Int(digits), let unit = Self.units.first(where: { $0.name == name }) else { return nil }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit.bytes)
        return isTooLarge ? nil : bytes
    }
}

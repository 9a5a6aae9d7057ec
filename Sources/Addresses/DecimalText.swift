/// A decimal number without sign or leading zeros, at most `maximum`.
func readDecimal(_ text: some Collection<UInt8>, maximum: Int) -> Int? {
    guard let first = text.first, text.count <= 5, text.count == 1 || first != UInt8(ascii: "0") else { return nil }
    var value = 0
    for character in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
        value = value * 10 + Int(character - UInt8(ascii: "0"))
    }
    return value <= maximum ? value : nil
}

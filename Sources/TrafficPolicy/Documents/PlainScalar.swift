internal import ConfigurationFiles

/// What a scalar without quotes stands for (YAML 1.2.2 section 10.3.2, the core schema). JSON's words and numbers are these.
enum PlainScalar {
    static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    static func value(_ text: String) -> ExpressionValue {
        if self.isNull(text) { return .null }
        switch text {
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let number = Int64(text) { return .int(number) }
        if text.utf8.allSatisfy(self.isOfNumber), let number = Double(text) { return .double(number) }
        return .string(text)
    }

    /// `0x1p3`, `inf` and `nan` are numbers for Swift.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}

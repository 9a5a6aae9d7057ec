/// One word of an expression (cel-spec, langdef.md "Syntax").
struct Token {
    enum Kind: Equatable {
        case identifier(String)
        /// A number's digits; whether they fit is known when a sign in front of them has been seen.
        case int(digits: String, radix: Int)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case or = "||"
        case and = "&&"
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case not = "!"
        case question = "?"
        case colon = ":"
        case comma = ","
        case dot = "."
        case openParenthesis = "("
        case closeParenthesis = ")"
        case openBracket = "["
        case closeBracket = "]"
        case openBrace = "{"
        case closeBrace = "}"
    }

    let kind: Kind
    /// Where it begins, in bytes.
    let offset: Int
}

extension Token.Kind {
    /// As messages call it.
    var name: String {
        switch self {
        case .identifier(let name): "'\(name)'"
        case .int, .uint, .double: "a number"
        case .string: "a text"
        case .bytes: "bytes"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }
}

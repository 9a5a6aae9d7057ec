/// Reads CEL's grammar by recursive descent, one word ahead.
struct Parser {
    private var lexer: Lexer
    private var token: Token
    private var tree = SyntaxTree()
    private var depth = 0

    private init(_ source: [UInt8], offset: Int) throws(SourceError) {
        self.lexer = Lexer(source, offset: offset)
        self.token = try self.lexer.next()
    }

    /// Reads a text that is one expression and nothing else.
    static func parse(_ source: [UInt8]) throws(SourceError) -> SyntaxTree {
        var parser = try Self(source, offset: 0)
        parser.tree.root = try parser.readExpression()
        guard parser.token.kind == .end else { throw parser.unexpected("an operator") }
        return parser.tree
    }

    /// Reads the expression that begins at `offset` and ends with a `}` that is not its own; the second result is behind it.
    static func parseInterpolation(_ source: [UInt8], from offset: Int) throws(SourceError) -> (SyntaxTree, end: Int) {
        var parser = try Self(source, offset: offset)
        parser.tree.root = try parser.readExpression()
        guard parser.token.kind == .symbol(.closeBrace) else { throw parser.unexpected("'}'") }
        return (parser.tree, parser.token.offset + 1)
    }

    private func unexpected(_ wanted: String) -> SourceError {
        SourceError(.malformed, "\(self.token.kind.name) where \(wanted) should be", at: self.token.offset)
    }

    private mutating func advance() throws(SourceError) {
        self.token = try self.lexer.next()
    }

    private mutating func accept(_ symbol: Token.Symbol) throws(SourceError) -> Bool {
        guard self.token.kind == .symbol(symbol) else { return false }
        try self.advance()
        return true
    }

    private mutating func expect(_ symbol: Token.Symbol) throws(SourceError) {
        guard try self.accept(symbol) else { throw self.unexpected("'\(symbol.rawValue)'") }
    }

    /// `a ? b : c`, of lowest precedence.
    private mutating func readExpression() throws(SourceError) -> Int {
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= ExpressionLimits.depth else {
            throw SourceError(
                .tooDeep,
                "the expression is nested more than \(ExpressionLimits.depth) deep",
                at: self.token.offset
            )
        }
        let condition = try self.readLogic(.or)
        let offset = self.token.offset
        guard try self.accept(.question) else { return condition }
        let first = try self.readLogic(.or)
        try self.expect(.colon)
        let second = try self.readExpression()
        return try self.tree.add(
            .conditional(condition, first, second),
            at: offset,
            over: [condition, first, second]
        )
    }

    private enum Logic {
        case or
        case and
    }

    private mutating func readLogic(_ logic: Logic) throws(SourceError) -> Int {
        let symbol: Token.Symbol = logic == .or ? .or : .and
        var offset: Int?
        var operands = [try self.readLogicOperand(logic)]
        while self.token.kind == .symbol(symbol) {
            offset = offset ?? self.token.offset
            try self.advance()
            operands.append(try self.readLogicOperand(logic))
        }
        guard let offset else { return operands[0] }
        let kind: SyntaxTree.Kind = logic == .or ? .disjunction(operands) : .conjunction(operands)
        return try self.tree.add(kind, at: offset, over: operands)
    }

    private mutating func readLogicOperand(_ logic: Logic) throws(SourceError) -> Int {
        logic == .or ? try self.readLogic(.and) : try self.readBinary(above: 0)
    }

    /// Relations bind weakest, then sums, then products; operators of one strength apply from the left.
    private mutating func readBinary(above strength: Int) throws(SourceError) -> Int {
        var left = try self.readUnary()
        while let (binary, ownStrength) = self.token.kind.binaryOperator, ownStrength > strength {
            let offset = self.token.offset
            try self.advance()
            let right = try self.readBinary(above: ownStrength)
            left = try self.tree.add(.binary(binary, left, right), at: offset, over: [left, right])
        }
        return left
    }

    private mutating func readUnary() throws(SourceError) -> Int {
        var signs: [(isNot: Bool, offset: Int)] = []
        while self.token.kind == .symbol(.not) || self.token.kind == .symbol(.minus) {
            signs.append((isNot: self.token.kind == .symbol(.not), offset: self.token.offset))
            try self.advance()
        }
        var isNegative = false
        if let sign = signs.last, !sign.isNot, self.token.kind.isSignedNumber {
            // The sign belongs to the number: -9223372036854775808 is one, 9223372036854775808 is none.
            isNegative = true
            signs.removeLast()
        }
        var operand = try self.readMember(isNegative: isNegative)
        for sign in signs.reversed() {
            operand = try self.tree.add(sign.isNot ? .not(operand) : .negate(operand), at: sign.offset, over: [operand])
        }
        return operand
    }

    /// What stands in front of dots, brackets and arguments, and those.
    private mutating func readMember(isNegative: Bool) throws(SourceError) -> Int {
        var operand = try self.readPrimary(isNegative: isNegative)
        while true {
            let offset = self.token.offset
            if try self.accept(.dot) {
                let nameOffset = self.token.offset
                guard case .identifier(let name) = self.token.kind else { throw self.unexpected("a name") }
                try self.advance()
                if try self.accept(.openParenthesis) {
                    let arguments = try self.readList(until: .closeParenthesis)
                    operand = try self.tree.add(
                        .call(name, target: operand, arguments: arguments),
                        at: nameOffset,
                        over: [operand] + arguments
                    )
                } else {
                    operand = try self.tree.add(.select(operand, field: name), at: nameOffset, over: [operand])
                }
            } else if try self.accept(.openBracket) {
                let index = try self.readExpression()
                try self.expect(.closeBracket)
                operand = try self.tree.add(.index(operand, index), at: offset, over: [operand, index])
            } else {
                return operand
            }
        }
    }

    private mutating func readPrimary(isNegative: Bool) throws(SourceError) -> Int {
        let token = self.token
        switch token.kind {
        case .int(let digits, let radix):
            guard let value = Int64((isNegative ? "-" : "") + digits, radix: radix) else {
                throw SourceError(.malformed, "the number is no int: those have 64 bits", at: token.offset)
            }
            return try self.readLiteral(.int(value))
        case .double(let value): return try self.readLiteral(.double(isNegative ? -value : value))
        case .uint(let value): return try self.readLiteral(.uint(value))
        case .string(let text): return try self.readLiteral(.string(text))
        case .bytes(let bytes): return try self.readLiteral(.bytes(bytes))
        case .identifier(let name): return try self.readName(name, at: token.offset)
        case .symbol(.openParenthesis):
            try self.advance()
            let inner = try self.readExpression()
            try self.expect(.closeParenthesis)
            return inner
        case .symbol(.openBracket):
            try self.advance()
            let elements = try self.readList(until: .closeBracket)
            return try self.tree.add(.list(elements), at: token.offset, over: elements)
        case .symbol(.openBrace):
            try self.advance()
            return try self.readMap(at: token.offset)
        case .symbol, .end: throw self.unexpected("a value")
        }
    }

    private mutating func readLiteral(_ value: ExpressionValue) throws(SourceError) -> Int {
        let node = try self.tree.add(.literal(value), at: self.token.offset)
        try self.advance()
        return node
    }

    private mutating func readName(_ name: String, at offset: Int) throws(SourceError) -> Int {
        switch name {
        case "true": return try self.readLiteral(.bool(true))
        case "false": return try self.readLiteral(.bool(false))
        case "null": return try self.readLiteral(.null)
        case _ where Self.reservedWords.contains(name):
            throw SourceError(.malformed, "'\(name)' is a word of CEL's own and no name", at: offset)
        default:
            try self.advance()
            guard try self.accept(.openParenthesis) else { return try self.tree.add(.name(name), at: offset) }
            let arguments = try self.readList(until: .closeParenthesis)
            return try self.tree.add(
                .call(name, target: nil, arguments: arguments),
                at: offset,
                over: arguments
            )
        }
    }

    /// langdef.md "Syntax", RESERVED.
    private static let reservedWords: Set = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    /// Expressions with commas between them; a list literal may have one behind the last.
    private mutating func readList(until end: Token.Symbol) throws(SourceError) -> [Int] {
        var elements: [Int] = []
        while self.token.kind != .symbol(end) {
            elements.append(try self.readExpression())
            guard try self.accept(.comma) else { break }
            if end == .closeParenthesis, self.token.kind == .symbol(end) { throw self.unexpected("an argument") }
        }
        try self.expect(end)
        return elements
    }

    private mutating func readMap(at offset: Int) throws(SourceError) -> Int {
        var entries: [(key: Int, value: Int)] = []
        while self.token.kind != .symbol(.closeBrace) {
            let key = try self.readExpression()
            try self.expect(.colon)
            entries.append((key: key, value: try self.readExpression()))
            guard try self.accept(.comma) else { break }
        }
        try self.expect(.closeBrace)
        return try self.tree.add(.map(entries), at: offset, over: entries.flatMap { [$0.key, $0.value] })
    }
}

extension Token.Kind {
    fileprivate var binaryOperator: (BinaryOperator, strength: Int)? {
        switch self {
        case .identifier("in"): (.isIn, 1)
        case .symbol(.equal): (.equal, 1)
        case .symbol(.notEqual): (.notEqual, 1)
        case .symbol(.less): (.less, 1)
        case .symbol(.lessOrEqual): (.lessOrEqual, 1)
        case .symbol(.greater): (.greater, 1)
        case .symbol(.greaterOrEqual): (.greaterOrEqual, 1)
        case .symbol(.plus): (.plus, 2)
        case .symbol(.minus): (.minus, 2)
        case .symbol(.times): (.times, 3)
        case .symbol(.divide): (.divide, 3)
        case .symbol(.remainder): (.remainder, 3)
        case .identifier, .int, .uint, .double, .string, .bytes, .symbol, .end: nil
        }
    }

    fileprivate var isSignedNumber: Bool {
        switch self {
        case .int, .double: true
        case .identifier, .uint, .string, .bytes, .symbol, .end: false
        }
    }
}

/// A text with `${…}` in it.
package struct TextTemplate: Sendable {
    private enum Part: Sendable {
        case text(String)
        case expression(PolicyExpression)
    }

    private let parts: [Part]

    /// - Throws: An error with its place in the whole text.
    package init(_ source: String, scope: ExpressionScope) throws(ExpressionError) {
        let bytes = Array(source.utf8)
        do throws(SourceError) {
            self.parts = try Self.read(bytes, scope: scope)
        } catch {
            throw error.located(in: bytes)
        }
    }

    private static func read(_ source: [UInt8], scope: ExpressionScope) throws(SourceError) -> [Part] {
        var parts: [Part] = []
        var start = 0
        var offset = 0
        func text(_ range: Range<Int>) -> String { String(decoding: source[range], as: UTF8.self) }
        while offset < source.count {
            guard source[offset...].starts(with: [UInt8(ascii: "$"), UInt8(ascii: "{")]) else {
                offset += 1
                continue
            }
            if offset > start { parts.append(.text(text(start..<offset))) }
            let (tree, end) = try Parser.parseInterpolation(source, from: offset + 2)
            guard end - offset <= ExpressionLimits.length else {
                throw SourceError(
                    .tooLong,
                    "the expression has more than \(ExpressionLimits.length) bytes",
                    at: offset
                )
            }
            let (program, type) = try Checker.check(tree, scope: scope)
            let expression = PolicyExpression(source: text((offset + 2)..<(end - 1)), program: program, type: type)
            parts.append(.expression(expression))
            start = end
            offset = end
        }
        if start < source.count { parts.append(.text(text(start..<source.count))) }
        return parts
    }

    /// The text, where nothing in it depends on a connection.
    package var constant: String? {
        switch self.parts.first {
        case nil: ""
        case .text(let text) where self.parts.count == 1: text
        case .text, .expression: nil
        }
    }

    /// A text that is one expression and nothing else has that one's value and type; every other is a text.
    package func value(
        _ variables: some ExpressionVariables,
        budget: inout EvaluationBudget
    ) throws(EvaluationError) -> ExpressionValue {
        if self.parts.count == 1, case .expression(let expression) = self.parts[0] {
            return try expression.evaluate(variables, budget: &budget)
        }
        return .string(try self.text(variables, budget: &budget))
    }

    package func text(
        _ variables: some ExpressionVariables,
        budget: inout EvaluationBudget
    ) throws(EvaluationError) -> String {
        var result = ""
        for part in self.parts {
            switch part {
            case .text(let text): result += text
            case .expression(let expression):
                let value = try expression.evaluate(variables, budget: &budget)
                _ = try budget.spend(goingThrough: value)
                result += value.interpolated
            }
        }
        return result
    }
}

/// A template may be a private key's text, so none prints.
extension TextTemplate: CustomStringConvertible, CustomReflectable {
    package var description: String { "<template>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An expression of CEL that has been read and checked, and can be evaluated any number of times. (Foundation has an
/// `Expression` of its own.)
///
/// It is CEL without messages, `type()`, optionals and namespaces, with ngrok's functions on addresses and letter case.
package struct PolicyExpression: Sendable {
    package let source: String
    package let type: ValueType
    private let program: Program

    /// - Throws: An error with its place for what is no expression, names what is not in `scope`, or cannot work.
    package init(_ source: String, scope: ExpressionScope) throws(ExpressionError) {
        let bytes = Array(source.utf8)
        do throws(SourceError) {
            guard bytes.count <= ExpressionLimits.length else {
                throw SourceError(.tooLong, "the expression has more than \(ExpressionLimits.length) bytes", at: 0)
            }
            let (program, type) = try Checker.check(try Parser.parse(bytes), scope: scope)
            self.init(source: source, program: program, type: type)
        } catch {
            throw error.located(in: bytes)
        }
    }

    init(source: String, program: Program, type: ValueType) {
        self.source = source
        self.program = program
        self.type = type
    }

    /// An expression that must be a condition.
    package static func condition(
        _ source: String,
        scope: ExpressionScope
    ) throws(ExpressionError) -> PolicyExpression {
        let expression = try PolicyExpression(source, scope: scope)
        guard expression.type == .bool || expression.type == .dynamic else {
            throw ExpressionError(
                code: .wrongType,
                message: "the expression must be a bool, not \(expression.type)",
                line: 1,
                column: 1
            )
        }
        return expression
    }

    package func evaluate(
        _ variables: some ExpressionVariables,
        budget: inout EvaluationBudget
    ) throws(EvaluationError) -> ExpressionValue {
        var evaluator = Evaluator(nodes: self.program.nodes, variables: variables, budget: budget)
        defer { budget = evaluator.budget }
        return try evaluator.evaluate(self.program.root)
    }

    /// The value of a condition.
    package func holds(
        _ variables: some ExpressionVariables,
        budget: inout EvaluationBudget
    ) throws(EvaluationError) -> Bool {
        var evaluator = Evaluator(nodes: self.program.nodes, variables: variables, budget: budget)
        defer { budget = evaluator.budget }
        return try evaluator.evaluateCondition(self.program.root)
    }
}

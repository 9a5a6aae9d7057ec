internal import Addresses

/// Gives the names of a syntax tree their meaning, and says which of its parts cannot work whatever the values are.
struct Checker {
    let tree: SyntaxTree
    let scope: ExpressionScope
    private(set) var program = Program()
    /// The type of each node of ``program``.
    private(set) var types: [ValueType] = []
    /// The variables of the macros around what is being checked, outermost first.
    var locals: [(name: String, type: ValueType)] = []
    /// For what is computed while checking. Constants that are dearer are computed where they are needed.
    private var budget = EvaluationBudget(steps: 5_000)

    private init(_ tree: SyntaxTree, scope: ExpressionScope) {
        self.tree = tree
        self.scope = scope
    }

    static func check(
        _ tree: SyntaxTree,
        scope: ExpressionScope
    ) throws(SourceError) -> (program: Program, type: ValueType) {
        var checker = Self(tree, scope: scope)
        checker.program.root = try checker.check(tree.root)
        return (checker.program, checker.types[checker.program.root])
    }

    mutating func add(_ node: Program.Node, _ type: ValueType) -> Int {
        self.types.append(type)
        return self.program.add(node)
    }

    func type(_ node: Int) -> ValueType { self.types[node] }

    func constant(_ node: Int) -> ExpressionValue? {
        if case .constant(let value) = self.program.nodes[node] { value } else { nil }
    }

    mutating func check(_ index: Int) throws(SourceError) -> Int {
        let node = self.tree.nodes[index]
        switch node.kind {
        case .literal(let value):
            return self.add(.constant(value), value.type)
        case .name(let name):
            return try self.checkName(name, at: index)
        case .select(let operand, let field):
            return try self.checkSelect(operand, field: field, at: index)
        case .index(let operand, let key):
            return try self.checkIndex(try self.check(operand), try self.check(key), at: node.offset)
        case .call(let name, let target, let arguments):
            return try self.checkCall(name, target: target, arguments: arguments, at: node.offset)
        case .not(let operand):
            let inner = try self.check(operand)
            try self.require(.bool, of: inner, "'!' needs a bool", at: node.offset)
            return self.folded(.not(inner), .bool, over: [inner])
        case .negate(let operand):
            let inner = try self.check(operand)
            let type = self.type(inner)
            guard type == .int || type == .double || type == .dynamic else {
                throw SourceError(.wrongType, "'-' needs an int or a double, not \(type)", at: node.offset)
            }
            return self.folded(.negate(inner), type, over: [inner])
        case .binary(let binary, let left, let right):
            let (left, right) = (try self.check(left), try self.check(right))
            let type = try self.resultType(of: binary, left, right, at: node.offset)
            return self.folded(.binary(binary, left, right), type, over: [left, right])
        case .conjunction(let operands):
            let inner = try self.checkConditions(operands, of: "'&&'")
            return self.folded(.conjunction(inner), .bool, over: inner)
        case .disjunction(let operands):
            let inner = try self.checkConditions(operands, of: "'||'")
            return self.folded(.disjunction(inner), .bool, over: inner)
        case .conditional(let condition, let first, let second):
            return try self.checkConditional(condition, first, second, at: node.offset)
        case .list(let elements):
            var inner: [Int] = []
            for element in elements { inner.append(try self.check(element)) }
            let element = inner.dropFirst().reduce(inner.first.map(self.type) ?? .dynamic) {
                $0.joined(with: self.type($1))
            }
            return self.folded(.list(inner), .list(element), over: inner)
        case .map(let entries):
            return try self.checkMap(entries)
        }
    }

    /// A node that is what it will always be becomes a constant; one that always fails stays, for `&&` and `||` may not ask.
    mutating func folded(_ node: Program.Node, _ type: ValueType, over children: [Int]) -> Int {
        let index = self.add(node, type)
        guard children.allSatisfy({ self.constant($0) != nil }), let value = self.value(of: index) else { return index }
        return self.add(.constant(value), type)
    }

    private mutating func value(of index: Int) -> ExpressionValue? {
        var evaluator = Evaluator(nodes: self.program.nodes, variables: NoVariables(), budget: self.budget)
        defer { self.budget = evaluator.budget }
        return try? evaluator.evaluate(index)
    }

    func require(_ wanted: ValueType, of node: Int, _ message: String, at offset: Int) throws(SourceError) {
        let type = self.type(node)
        guard type == wanted || type == .dynamic else {
            throw SourceError(.wrongType, "\(message), not \(type)", at: offset)
        }
    }

    private mutating func checkConditions(_ operands: [Int], of symbol: String) throws(SourceError) -> [Int] {
        var inner: [Int] = []
        for operand in operands {
            let node = try self.check(operand)
            try self.require(.bool, of: node, "\(symbol) needs a bool", at: self.tree.nodes[operand].offset)
            inner.append(node)
        }
        return inner
    }

    private mutating func checkConditional(
        _ condition: Int,
        _ first: Int,
        _ second: Int,
        at offset: Int
    ) throws(SourceError) -> Int {
        let condition = try self.check(condition)
        try self.require(.bool, of: condition, "'?' needs a bool", at: offset)
        let (first, second) = (try self.check(first), try self.check(second))
        guard self.type(first).matches(self.type(second)) else {
            throw SourceError(
                .wrongType,
                "'?' has a result of type \(self.type(first)) or one of type \(self.type(second))",
                at: offset
            )
        }
        let type = self.type(first).joined(with: self.type(second))
        return self.folded(.conditional(condition, first, second), type, over: [condition, first, second])
    }

    private mutating func checkMap(_ entries: [(key: Int, value: Int)]) throws(SourceError) -> Int {
        var inner: [Program.Entry] = []
        var types: (key: ValueType, value: ValueType)?
        for entry in entries {
            let (key, value) = (try self.check(entry.key), try self.check(entry.value))
            switch self.type(key) {
            case .bool, .int, .uint, .string, .dynamic: break
            case .null, .double, .bytes, .list, .map, .timestamp, .duration, .record:
                throw SourceError(
                    .wrongType,
                    "a key is a bool, an int, a uint or a string, not \(self.type(key))",
                    at: self.tree.nodes[entry.key].offset
                )
            }
            inner.append(Program.Entry(key: key, value: value))
            types =
                types.map { ($0.key.joined(with: self.type(key)), $0.value.joined(with: self.type(value))) }
                ?? (self.type(key), self.type(value))
        }
        let type = ValueType.map(types?.key ?? .dynamic, types?.value ?? .dynamic)
        return self.folded(.map(inner), type, over: inner.flatMap { [$0.key, $0.value] })
    }
}

private struct NoVariables: ExpressionVariables {
    func value(of slot: Int) -> ExpressionValue? { nil }
    func address(of slot: Int) -> IPAddress? { nil }
}

internal import Addresses

/// Computes a program's value. Recursion is bounded by the depth of what the parser lets through, everything else by the
/// budget.
struct Evaluator<Variables: ExpressionVariables> {
    let nodes: [Program.Node]
    let variables: Variables
    var budget: EvaluationBudget
    private var locals: [ExpressionValue] = []

    init(nodes: [Program.Node], variables: Variables, budget: EvaluationBudget) {
        self.nodes = nodes
        self.variables = variables
        self.budget = budget
    }

    mutating func evaluate(_ index: Int) throws(EvaluationError) -> ExpressionValue {
        try self.budget.spend(1)
        switch self.nodes[index] {
        case .constant(let value):
            return value
        case .variable(let slot, let name):
            guard let value = self.variables.value(of: slot) else {
                throw EvaluationError(.noValue, "'\(name)' has no value")
            }
            return value
        case .isPresent(let slot):
            return .bool(self.variables.value(of: slot) != nil)
        case .local(let place):
            return self.locals[place]
        case .field(let operand, let name):
            let value = try self.evaluate(operand)
            guard case .map(let map) = value else {
                throw EvaluationError(.wrongType, "a value of type \(value.type) has no field '\(name)'")
            }
            try self.budget.spend(map.entries.count)
            guard let member = map[name] else { throw EvaluationError(.noSuchKey, "there is no '\(name)'") }
            return member
        case .hasField(let operand, let name):
            let value = try self.evaluate(operand)
            guard case .map(let map) = value else {
                throw EvaluationError(.wrongType, "a value of type \(value.type) has no field '\(name)'")
            }
            try self.budget.spend(map.entries.count)
            return .bool(map[name] != nil)
        case .index(let operand, let key):
            return try self.element(of: try self.evaluate(operand), at: try self.evaluate(key))
        case .not(let operand):
            return .bool(!(try self.evaluateCondition(operand)))
        case .negate(let operand):
            return try Arithmetic.negate(try self.evaluate(operand))
        case .binary(let binary, let left, let right):
            return try self.apply(binary, try self.evaluate(left), try self.evaluate(right))
        case .conjunction(let operands):
            return .bool(try self.evaluateLogic(operands, decisive: false))
        case .disjunction(let operands):
            return .bool(try self.evaluateLogic(operands, decisive: true))
        case .conditional(let condition, let first, let second):
            return try self.evaluate(try self.evaluateCondition(condition) ? first : second)
        case .list(let elements):
            var values: [ExpressionValue] = []
            for element in elements { values.append(try self.evaluate(element)) }
            return .list(values)
        case .map(let entries):
            return try self.evaluateMap(entries)
        case .call(let function, let arguments):
            return try self.call(function, arguments)
        case .fold(let fold, let range, let predicate, let transform):
            return try self.evaluateFold(fold, over: range, predicate: predicate, transform: transform)
        case .inBlocks(let operand, let blocks):
            return .bool(try self.isAddress(operand, in: blocks))
        case .matches(let operand, let pattern):
            return .bool(try pattern.matches(try self.evaluateText(operand), budget: &self.budget))
        }
    }

    mutating func evaluateCondition(_ index: Int) throws(EvaluationError) -> Bool {
        let value = try self.evaluate(index)
        guard case .bool(let isTrue) = value else {
            throw EvaluationError(.wrongType, "a value of type \(value.type) where a bool should be")
        }
        return isTrue
    }

    mutating func evaluateText(_ index: Int) throws(EvaluationError) -> String {
        let value = try self.evaluate(index)
        guard case .string(let text) = value else {
            throw EvaluationError(.wrongType, "a value of type \(value.type) where a string should be")
        }
        return text
    }

    /// `&&` ends with the first false and `||` with the first true, whatever other operands come to; only where none decides,
    /// an error among them is the result.
    private mutating func evaluateLogic(_ operands: [Int], decisive: Bool) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for operand in operands {
            do throws(EvaluationError) {
                if try self.evaluateCondition(operand) == decisive { return decisive }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decisive
    }

    private mutating func evaluateMap(_ entries: [Program.Entry]) throws(EvaluationError) -> ExpressionValue {
        var values: [ValueMap.Entry] = []
        for entry in entries {
            let key = try self.evaluate(entry.key)
            switch key {
            case .bool, .int, .uint, .string: break
            case .null, .double, .bytes, .list, .map, .timestamp, .duration:
                throw EvaluationError(.wrongType, "a key of type \(key.type)")
            }
            for known in values {
                guard try !self.areEqual(known.key, key) else {
                    throw EvaluationError(.repeatedKey, "a map has the key \(key.shown) twice")
                }
            }
            values.append(ValueMap.Entry(key: key, value: try self.evaluate(entry.value)))
        }
        return .map(ValueMap(entries: values))
    }

    private mutating func element(
        of value: ExpressionValue,
        at key: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue {
        switch value {
        case .list(let elements):
            guard let index = key.wholeNumber else {
                throw EvaluationError(.invalidArgument, "\(key.shown) is no index of a list")
            }
            guard elements.indices.contains(index) else {
                throw EvaluationError(.indexOutOfRange, "a list of \(elements.count) has no element \(index)")
            }
            return elements[index]
        case .map(let map):
            guard let member = try self.value(in: map, for: key) else {
                throw EvaluationError(.noSuchKey, "there is no \(key.shown)")
            }
            return member
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration:
            throw EvaluationError(.wrongType, "a value of type \(value.type) has no index")
        }
    }

    mutating func value(in map: ValueMap, for key: ExpressionValue) throws(EvaluationError) -> ExpressionValue? {
        for entry in map.entries {
            if try self.areEqual(entry.key, key) { return entry.value }
        }
        return nil
    }
}

extension Evaluator {
    private mutating func evaluateFold(
        _ fold: Program.Fold,
        over range: Int,
        predicate: Int?,
        transform: Int?
    ) throws(EvaluationError) -> ExpressionValue {
        let elements = try self.elements(of: try self.evaluate(range))
        switch fold {
        case .all, .exists:
            return .bool(try self.decide(elements, predicate, decisive: fold == .exists))
        case .existsOne:
            var count = 0
            for element in elements {
                if try self.isChosen(element, by: predicate) { count += 1 }
            }
            return .bool(count == 1)
        case .filter:
            var chosen: [ExpressionValue] = []
            for element in elements {
                if try self.isChosen(element, by: predicate) { chosen.append(element) }
            }
            return .list(chosen)
        case .map:
            var results: [ExpressionValue] = []
            for element in elements where try self.isChosen(element, by: predicate) {
                results.append(try self.evaluate(transform, for: element))
            }
            return .list(results)
        }
    }

    /// A list's elements, a map's keys.
    private func elements(of value: ExpressionValue) throws(EvaluationError) -> [ExpressionValue] {
        switch value {
        case .list(let elements): return elements
        case .map(let map): return map.entries.map(\.key)
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration:
            throw EvaluationError(.wrongType, "a value of type \(value.type) where a list or a map should be")
        }
    }

    /// As ``evaluateLogic(_:decisive:)``, over elements.
    private mutating func decide(
        _ elements: [ExpressionValue],
        _ predicate: Int?,
        decisive: Bool
    ) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for element in elements {
            do throws(EvaluationError) {
                if try self.isChosen(element, by: predicate) == decisive { return decisive }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decisive
    }

    private mutating func isChosen(_ element: ExpressionValue, by predicate: Int?) throws(EvaluationError) -> Bool {
        guard let predicate else { return true }
        self.locals.append(element)
        defer { self.locals.removeLast() }
        return try self.evaluateCondition(predicate)
    }

    private mutating func evaluate(
        _ transform: Int?,
        for element: ExpressionValue
    ) throws(EvaluationError) -> ExpressionValue {
        guard let transform else { return element }
        self.locals.append(element)
        defer { self.locals.removeLast() }
        return try self.evaluate(transform)
    }
}

extension Evaluator {
    /// ngrok's `inCidrRange`: what is no address is in no block.
    private mutating func isAddress(_ operand: Int, in blocks: [CIDRBlock]) throws(EvaluationError) -> Bool {
        try self.budget.spend(blocks.count / 4)
        if case .variable(let slot, _) = self.nodes[operand], let address = self.variables.address(of: slot) {
            return blocks.contains { $0.contains(address) }
        }
        return Self.isAddress(try self.evaluateText(operand), in: blocks)
    }

    static func isAddress(_ text: String, in blocks: [CIDRBlock]) -> Bool {
        guard let address = IPAddress(text) else { return false }
        let client = address.unmapped ?? address
        return blocks.contains { $0.contains(client) }
    }
}

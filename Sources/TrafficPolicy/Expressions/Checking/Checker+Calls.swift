internal import Addresses
internal import ConfigurationFiles

extension Checker {
    mutating func checkCall(
        _ name: String,
        target: Int?,
        arguments: [Int],
        at offset: Int
    ) throws(SourceError) -> Int {
        if name == "has", target == nil {
            guard arguments.count == 1 else { throw SourceError(.wrongType, "has() needs one field", at: offset) }
            return try self.checkPresence(arguments[0], at: offset)
        }
        if let target, let fold = Program.Fold(rawValue: name) {
            return try self.checkFold(fold, over: target, arguments: arguments, at: offset)
        }
        if let target, case .name(let namespace) = self.tree.nodes[target].kind,
            !self.locals.contains(where: { $0.name == namespace }), FunctionTable.isElsewhere(namespace)
        {
            throw Self.isElsewhere("\(namespace).\(name)", at: self.tree.nodes[target].offset)
        }
        var operands: [Int] = []
        for operand in (target.map { [$0] } ?? []) + arguments { operands.append(try self.check(operand)) }
        let overload = try self.overload(of: name, isMethod: target != nil, operands, at: offset)
        if let node = try self.prepared(overload.function, operands, at: offset) { return self.add(node, .bool) }
        return self.folded(.call(overload.function, operands), overload.result, over: operands)
    }

    private static func isElsewhere(_ name: String, at offset: Int) -> SourceError {
        SourceError(.unsupported, "'\(name)' is ngrok's, and no part of the expressions here", at: offset)
    }

    private func overload(
        of name: String,
        isMethod: Bool,
        _ operands: [Int],
        at offset: Int
    ) throws(SourceError) -> Overload {
        guard let overloads = FunctionTable.overloads(of: name) else {
            if FunctionTable.isElsewhere(name) { throw Self.isElsewhere(name, at: offset) }
            let suggestion = Suggestion.clause(for: name, among: FunctionTable.names)
            throw SourceError(.unknownName, "there is no function '\(name)'\(suggestion)", at: offset)
        }
        let types = operands.map(self.type)
        let fitting = overloads.first { overload in
            overload.isMethod == isMethod && overload.parameters.count == types.count
                && zip(overload.parameters, types).allSatisfy { $0 == $1 || $1 != .null && $0.matches($1) }
        }
        guard let fitting else {
            let forms = Set(overloads.map { Self.form(name, $0) }).sorted().joined(separator: ", ")
            let given = types.map(\.description).joined(separator: ", ")
            throw SourceError(.wrongType, "'\(name)' cannot take (\(given)); there is \(forms)", at: offset)
        }
        return fitting
    }

    /// `string.contains(string)`
    private static func form(_ name: String, _ overload: Overload) -> String {
        let types = overload.parameters.map(\.description)
        return overload.isMethod
            ? "\(types[0]).\(name)(\(types.dropFirst().joined(separator: ", ")))"
            : "\(name)(\(types.joined(separator: ", ")))"
    }

    /// What need not be read again for every connection: blocks and patterns that are constants.
    private func prepared(
        _ function: Function,
        _ operands: [Int],
        at offset: Int
    ) throws(SourceError) -> Program.Node? {
        guard operands.count == 2, let constant = self.constant(operands[1]) else { return nil }
        switch (function, constant) {
        case (.matches, .string(let text)):
            do throws(PatternError) {
                return .matches(operands[0], try Pattern(text))
            } catch {
                throw SourceError(.invalidPattern, "no regular expression: \(error.message)", at: offset)
            }
        case (.inCIDRRange, .string(let text)):
            return .inBlocks(operands[0], ClientBlocks.read([text]))
        case (.inCIDRRanges, .list(let elements)):
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            return .inBlocks(operands[0], ClientBlocks.read(texts))
        default: return nil
        }
    }

    /// `list.all(x, condition)` and its like: the second argument is checked with `x` in sight.
    private mutating func checkFold(
        _ fold: Program.Fold,
        over target: Int,
        arguments: [Int],
        at offset: Int
    ) throws(SourceError) -> Int {
        guard arguments.count == 2 || fold == .map && arguments.count == 3 else {
            throw SourceError(.wrongType, "\(fold.rawValue)() needs a name and an expression", at: offset)
        }
        guard case .name(let name) = self.tree.nodes[arguments[0]].kind else {
            throw SourceError(
                .wrongType,
                "\(fold.rawValue)() needs a name for an element first",
                at: self.tree.nodes[arguments[0]].offset
            )
        }
        let range = try self.check(target)
        self.locals.append((name: name, type: try self.elementType(of: range, fold, at: offset)))
        defer { self.locals.removeLast() }
        let isTransform = fold == .map
        let predicate = isTransform && arguments.count == 2 ? nil : try self.check(arguments[1])
        let transform = isTransform ? try self.check(arguments[arguments.count - 1]) : nil
        if let predicate {
            let place = self.tree.nodes[arguments[1]].offset
            try self.require(.bool, of: predicate, "\(fold.rawValue)() needs a bool", at: place)
        }
        let type: ValueType =
            switch fold {
            case .all, .exists, .existsOne: .bool
            case .filter: .list(self.locals[self.locals.count - 1].type)
            case .map: .list(transform.map(self.type) ?? .dynamic)
            }
        return self.add(.fold(fold, over: range, predicate: predicate, transform: transform), type)
    }

    private func elementType(
        of range: Int,
        _ fold: Program.Fold,
        at offset: Int
    ) throws(SourceError) -> ValueType {
        switch self.type(range) {
        case .list(let element): return element
        case .map(let key, _): return key
        case .record: return .string
        case .dynamic: return .dynamic
        case let type:
            throw SourceError(.wrongType, "\(fold.rawValue)() needs a list or a map, not \(type)", at: offset)
        }
    }
}

/// The blocks that a client's address is compared with.
enum ClientBlocks {
    /// What is no block is left out: "invalid CIDR ranges are ignored", as ngrok's documentation of `inCidrRanges` has it. A
    /// client of a listener for both families is known by its IPv4 address, so blocks of mapped addresses mean those.
    static func read(_ texts: [String]) -> [CIDRBlock] {
        texts.compactMap { CIDRBlock($0) }.map { $0.unmapped ?? $0 }
    }
}

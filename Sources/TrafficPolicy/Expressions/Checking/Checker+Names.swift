internal import ConfigurationFiles

extension Checker {
    /// The names of a chain `a.b.c`; `nil` for what begins with anything but a name.
    private func path(_ index: Int) -> [String]? {
        var names: [String] = []
        var current = index
        while true {
            switch self.tree.nodes[current].kind {
            case .name(let name): return [name] + names.reversed()
            case .select(let operand, let field):
                names.append(field)
                current = operand
            case .literal, .index, .call, .not, .negate, .binary, .conjunction, .disjunction, .conditional, .list, .map:
                return nil
            }
        }
    }

    /// A chain that begins with a name: a variable or a macro's variable, and fields of either.
    mutating func checkName(_ name: String, at index: Int) throws(SourceError) -> Int {
        try self.checkPath([name], at: index)
    }

    mutating func checkSelect(_ operand: Int, field: String, at index: Int) throws(SourceError) -> Int {
        if let path = self.path(index) { return try self.checkPath(path, at: index) }
        return try self.addField(field, of: try self.check(operand), at: self.tree.nodes[index].offset)
    }

    private mutating func checkPath(_ path: [String], at index: Int) throws(SourceError) -> Int {
        let variable = try self.resolve(path, at: index)
        var node = variable.node
        for (field, offset) in zip(path, self.offsets(of: index)).dropFirst(variable.count) {
            node = try self.addField(field, of: node, at: offset)
        }
        return node
    }

    /// The node of a chain's variable and how many of its names that were.
    private mutating func resolve(_ path: [String], at index: Int) throws(SourceError) -> (node: Int, count: Int) {
        if let place = self.locals.lastIndex(where: { $0.name == path[0] }) {
            return (self.add(.local(place), self.locals[place].type), 1)
        }
        guard let (declaration, count) = self.scope.variable(path) else {
            throw self.scope.problem(path, at: self.offsets(of: index)[0])
        }
        return (self.add(.variable(declaration.slot, name: declaration.name), declaration.type), count)
    }

    /// Where each name of a chain stands.
    private func offsets(of index: Int) -> [Int] {
        var offsets = [self.tree.nodes[index].offset]
        var current = index
        while case .select(let operand, _) = self.tree.nodes[current].kind {
            current = operand
            offsets.append(self.tree.nodes[current].offset)
        }
        return offsets.reversed()
    }

    private mutating func addField(_ name: String, of node: Int, at offset: Int) throws(SourceError) -> Int {
        let type = try self.fieldType(name, of: node, at: offset)
        return self.folded(.field(node, name: name), type, over: [node])
    }

    private func fieldType(_ name: String, of node: Int, at offset: Int) throws(SourceError) -> ValueType {
        switch self.type(node) {
        case .record(let record):
            guard let type = record.fields[name] else {
                throw SourceError(.unknownName, Self.missingField(name, in: record), at: offset)
            }
            return type
        case .map(let key, let value) where key.matches(.string): return value
        case .dynamic: return .dynamic
        case let type: throw SourceError(.wrongType, "a value of type \(type) has no field '\(name)'", at: offset)
        }
    }

    private static func missingField(_ name: String, in record: RecordType) -> String {
        guard !record.fields.isEmpty else { return "there is no '\(name)': nothing is set" }
        guard let nearest = Suggestion.nearest(to: name, among: record.fields.keys) else {
            return "there is no '\(name)'; there are \(SourceText.list(record.fields.keys))"
        }
        return "there is no '\(name)'; did you mean '\(nearest)'?"
    }

    mutating func checkIndex(_ operand: Int, _ key: Int, at offset: Int) throws(SourceError) -> Int {
        let (operandType, keyType) = (self.type(operand), self.type(key))
        let result: ValueType
        switch operandType {
        case .list(let element) where keyType == .int || keyType == .dynamic: result = element
        case .map(let known, let value) where known.matches(keyType): result = value
        case .record where keyType == .string || keyType == .dynamic: result = .dynamic
        case .dynamic: result = .dynamic
        case .null, .bool, .int, .uint, .double, .string, .bytes, .list, .map, .timestamp, .duration, .record:
            throw SourceError(.wrongType, "a value of type \(operandType) has no index of type \(keyType)", at: offset)
        }
        return self.folded(.index(operand, key), result, over: [operand, key])
    }

    /// `has(a.b)`: whether a variable has a value, or a map a key.
    mutating func checkPresence(_ argument: Int, at offset: Int) throws(SourceError) -> Int {
        guard case .select(let operand, let field) = self.tree.nodes[argument].kind else {
            throw SourceError(.wrongType, "has() needs a field, such as has(a.b)", at: offset)
        }
        if let path = self.path(argument), !self.locals.contains(where: { $0.name == path[0] }),
            let (declaration, count) = self.scope.variable(path), count == path.count
        {
            return self.add(.isPresent(declaration.slot), .bool)
        }
        let node = try self.check(operand)
        _ = try self.fieldType(field, of: node, at: self.tree.nodes[argument].offset)
        return self.folded(.hasField(node, name: field), .bool, over: [node])
    }
}

extension Checker {
    /// cel-spec, langdef.md "List of Standard Definitions": no operator converts its operands.
    func resultType(
        of binary: BinaryOperator,
        _ left: Int,
        _ right: Int,
        at offset: Int
    ) throws(SourceError) -> ValueType {
        let (first, second) = (self.type(left), self.type(right))
        switch binary {
        case .equal, .notEqual:
            if first.matches(second) { return .bool }
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if Self.isOrdered(first, second) { return .bool }
        case .isIn:
            if Self.mayHold(second, first) { return .bool }
        case .plus, .minus, .times, .divide, .remainder:
            if let type = Self.arithmetic(binary, first, second) { return type }
        }
        throw SourceError(
            .wrongType,
            "'\(binary.rawValue)' cannot take \(first) and \(second)" + Self.hint(first, second),
            at: offset
        )
    }

    private static func hint(_ first: ValueType, _ second: ValueType) -> String {
        guard first != second, first.isNumber || first == .string, second.isNumber || second == .string else {
            return ""
        }
        return "; convert one, such as with \(first)(…)"
    }

    /// Numbers of different types have an order; they are equal only where their types are not known beforehand.
    private static func isOrdered(_ first: ValueType, _ second: ValueType) -> Bool {
        func isOrderable(_ type: ValueType) -> Bool {
            switch type {
            case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .dynamic: true
            case .null, .list, .map, .record: false
            }
        }
        guard isOrderable(first), isOrderable(second) else { return false }
        return first == second || first == .dynamic || second == .dynamic || first.isNumber && second.isNumber
    }

    private static func mayHold(_ container: ValueType, _ element: ValueType) -> Bool {
        switch container {
        case .list(let inner): inner.matches(element)
        case .map(let key, _): key.matches(element)
        case .record: element.matches(.string)
        case .dynamic: true
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration: false
        }
    }

    private static func arithmetic(
        _ binary: BinaryOperator,
        _ first: ValueType,
        _ second: ValueType
    ) -> ValueType? {
        switch (first, second) {
        case (.int, .int), (.uint, .uint): return first
        case (.double, .double): return binary == .remainder ? nil : first
        case (.string, .string), (.bytes, .bytes): return binary == .plus ? first : nil
        case (.list, .list): return binary == .plus ? first.joined(with: second) : nil
        case (.timestamp, .duration): return binary == .plus || binary == .minus ? .timestamp : nil
        case (.duration, .timestamp): return binary == .plus ? .timestamp : nil
        case (.duration, .duration): return binary == .plus || binary == .minus ? .duration : nil
        case (.timestamp, .timestamp): return binary == .minus ? .duration : nil
        case (.dynamic, _), (_, .dynamic): return .dynamic
        default: return nil
        }
    }
}

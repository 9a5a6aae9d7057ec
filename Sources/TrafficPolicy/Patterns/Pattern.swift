/// A regular expression that is matched in time linear in the text, whatever it says: all ways to match are followed at once
/// (Thompson's construction), so there is none to go back to.
package struct Pattern: Sendable {
    private enum Instruction {
        case scalar(ScalarSet)
        case assertion(PatternAssertion)
        case split(Int, Int)
        case jump(Int)
        case match
    }

    private let instructions: [Instruction]
    /// A pattern's size is the width of its match, so it is a cost of every connection. RE2's own bound is of this order.
    private static let maximumSize = 2_000

    init(_ pattern: String) throws(PatternError) {
        var compiler = Compiler()
        try compiler.emit(try PatternParser.parse(pattern))
        compiler.instructions.append(.match)
        self.instructions = compiler.instructions
    }

    private struct Compiler {
        var instructions: [Instruction] = []
        private var steps = 0

        mutating func emit(_ syntax: PatternSyntax) throws(PatternError) {
            // Counts what is empty too: (){1000} inside others is nothing many times.
            self.steps += 1
            guard self.steps <= Pattern.maximumSize, self.instructions.count <= Pattern.maximumSize else {
                throw PatternError("the pattern is too large; make its repetitions smaller")
            }
            switch syntax {
            case .empty: break
            case .scalars(let set): self.instructions.append(.scalar(set))
            case .assertion(let assertion): self.instructions.append(.assertion(assertion))
            case .sequence(let parts):
                for part in parts { try self.emit(part) }
            case .alternatives(let alternatives):
                try self.emitAlternatives(alternatives)
            case .repeated(let inner, let minimum, let maximum):
                for _ in 0..<minimum { try self.emit(inner) }
                if let maximum {
                    try self.emitOptional(inner, times: maximum - minimum)
                } else {
                    try self.emitLoop(inner)
                }
            }
        }

        private mutating func emitAlternatives(_ alternatives: [PatternSyntax]) throws(PatternError) {
            var ends: [Int] = []
            for (index, alternative) in alternatives.enumerated() {
                guard index < alternatives.count - 1 else {
                    try self.emit(alternative)
                    break
                }
                let split = self.reserve()
                try self.emit(alternative)
                ends.append(self.reserve())
                self.instructions[split] = .split(split + 1, self.instructions.count)
            }
            for end in ends { self.instructions[end] = .jump(self.instructions.count) }
        }

        private mutating func emitOptional(_ inner: PatternSyntax, times: Int) throws(PatternError) {
            var splits: [Int] = []
            for _ in 0..<times {
                splits.append(self.reserve())
                try self.emit(inner)
            }
            for split in splits { self.instructions[split] = .split(split + 1, self.instructions.count) }
        }

        private mutating func emitLoop(_ inner: PatternSyntax) throws(PatternError) {
            let split = self.reserve()
            try self.emit(inner)
            self.instructions.append(.jump(split))
            self.instructions[split] = .split(split + 1, self.instructions.count)
        }

        /// A place whose jump is known later.
        private mutating func reserve() -> Int {
            self.instructions.append(.match)
            return self.instructions.count - 1
        }
    }
}

extension Pattern {
    /// Whether the text has a part that matches.
    func matches(_ text: String, budget: inout EvaluationBudget) throws(EvaluationError) -> Bool {
        var current = ThreadList(count: self.instructions.count)
        var following = ThreadList(count: self.instructions.count)
        var before: Unicode.Scalar?
        var rest = text.unicodeScalars.makeIterator()
        while true {
            let after = rest.next()
            // A match may begin anywhere.
            if self.follow(from: 0, into: &current, before: before, after: after) { return true }
            guard let scalar = after else { return false }
            try budget.spend(1 + current.visitedCount)
            let behind = self.peek(rest)
            for place in current.places {
                guard case .scalar(let set) = self.instructions[place], set.contains(scalar) else { continue }
                if self.follow(from: place + 1, into: &following, before: scalar, after: behind) { return true }
            }
            swap(&current, &following)
            following.removeAll()
            before = scalar
        }
    }

    private func peek(_ rest: String.UnicodeScalarView.Iterator) -> Unicode.Scalar? {
        var copy = rest
        return copy.next()
    }

    /// Adds every place that can be reached without reading; `true` when the end is among them.
    private func follow(
        from start: Int,
        into list: inout ThreadList,
        before: Unicode.Scalar?,
        after: Unicode.Scalar?
    ) -> Bool {
        list.pending.append(start)
        while let place = list.pending.popLast() {
            guard list.insert(place) else { continue }
            switch self.instructions[place] {
            case .scalar: list.places.append(place)
            case .jump(let target): list.pending.append(target)
            case .split(let first, let second):
                list.pending.append(second)
                list.pending.append(first)
            case .assertion(let assertion):
                if assertion.holds(before: before, after: after) { list.pending.append(place + 1) }
            case .match: return true
            }
        }
        return false
    }

    /// Where the ways to match stand.
    private struct ThreadList {
        /// Those that wait for a scalar.
        var places: [Int] = []
        var pending: [Int] = []
        private var isKnown: [Bool]
        private var known: [Int] = []
        /// How many instructions it took to know.
        var visitedCount: Int { self.known.count }

        init(count: Int) {
            self.isKnown = Array(repeating: false, count: count)
        }

        mutating func insert(_ place: Int) -> Bool {
            guard !self.isKnown[place] else { return false }
            self.isKnown[place] = true
            self.known.append(place)
            return true
        }

        mutating func removeAll() {
            for place in self.known { self.isKnown[place] = false }
            self.known.removeAll(keepingCapacity: true)
            self.places.removeAll(keepingCapacity: true)
            self.pending.removeAll(keepingCapacity: true)
        }
    }
}

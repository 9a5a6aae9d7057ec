/// Finds the largest size at which a question is answered, many sizes at a time: each round asks evenly between the largest that
/// was answered and the smallest that was not, until these are neighbours.
package struct SizeSearch: Hashable, Sendable {
    /// The sizes that can be asked.
    package let range: ClosedRange<Int>
    /// The largest of which it is known that it and all below it that were asked are answered; `nil` before one is.
    package private(set) var answered: Int?
    /// The smallest that was not answered; `nil` while all were.
    package private(set) var unanswered: Int?
    /// Sizes that were answered above one that was not: then there is no such limit.
    package private(set) var exceptions: [Int] = []

    package init(range: ClosedRange<Int>) { self.range = range }

    /// What to ask next, in order; empty when the limit is known.
    package func next(atMost count: Int) -> [Int] {
        let lower = self.answered ?? self.range.lowerBound - 1
        let upper = self.unanswered ?? self.range.upperBound + 1
        let between = upper - lower - 1
        guard between > 0, count > 0 else { return [] }
        guard between > count else { return Array((lower + 1)...(upper - 1)) }
        var sizes = (1...count).map { lower + $0 * (upper - lower) / (count + 1) }
        // The ends first: most edges have no limit below the largest.
        if self.unanswered == nil { sizes[count - 1] = self.range.upperBound }
        if self.answered == nil { sizes[0] = self.range.lowerBound }
        return sizes
    }

    /// Takes what came of the sizes that were asked.
    package mutating func learn(_ answers: [Int: Bool]) {
        for (size, isAnswered) in answers where !isAnswered { self.unanswered = min(self.unanswered ?? size, size) }
        let bound = self.unanswered ?? .max
        for (size, isAnswered) in answers where isAnswered {
            if size < bound { self.answered = max(self.answered ?? size, size) } else { self.exceptions.append(size) }
        }
        if let answered = self.answered, answered >= bound {
            self.exceptions.append(answered)
            self.answered = nil
        }
        self.exceptions.sort()
    }
}

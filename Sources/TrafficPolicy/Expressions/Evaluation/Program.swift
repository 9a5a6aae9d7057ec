internal import Addresses

/// A checked expression: names are slots and positions, calls are functions, constants are values. Nodes name each other by
/// their position, and what a node is made of comes before it.
struct Program: Sendable {
    indirect enum Node: Sendable {
        case constant(ExpressionValue)
        case variable(Int, name: String)
        case isPresent(Int)
        /// A macro's variable, by its place on the stack of those.
        case local(Int)
        case field(Int, name: String)
        case hasField(Int, name: String)
        case index(Int, Int)
        case not(Int)
        case negate(Int)
        case binary(BinaryOperator, Int, Int)
        case conjunction([Int])
        case disjunction([Int])
        case conditional(Int, Int, Int)
        case list([Int])
        case map([Entry])
        case call(Function, [Int])
        case fold(Fold, over: Int, predicate: Int?, transform: Int?)
        /// `inCidrRange` and `inCidrRanges` with blocks that are known beforehand.
        case inBlocks(Int, [CIDRBlock])
        /// `matches` with a pattern that is known beforehand.
        case matches(Int, Pattern)
    }

    struct Entry: Sendable {
        let key: Int
        let value: Int
    }

    enum Fold: String, Sendable {
        case all
        case exists
        case existsOne = "exists_one"
        case filter
        case map
    }

    var nodes: [Node] = []
    var root = 0

    mutating func add(_ node: Node) -> Int {
        self.nodes.append(node)
        return self.nodes.count - 1
    }
}

/// What an expression says, before its names mean anything. Nodes name each other by their position in ``nodes``, so that a
/// tree goes away without recursion; what a node is made of comes before it.
struct SyntaxTree {
    struct Node {
        let kind: Kind
        /// Where messages about it point, in bytes.
        let offset: Int
        /// How many nodes are on the longest way down from it.
        let height: Int
    }

    enum Kind {
        case literal(ExpressionValue)
        case name(String)
        case select(Int, field: String)
        case index(Int, Int)
        case call(String, target: Int?, arguments: [Int])
        case not(Int)
        case negate(Int)
        case binary(BinaryOperator, Int, Int)
        /// Of two or more: `a && b && c` is one, so that a long list of conditions is not deep.
        case conjunction([Int])
        case disjunction([Int])
        case conditional(Int, Int, Int)
        case list([Int])
        case map([(key: Int, value: Int)])
    }

    private(set) var nodes: [Node] = []
    var root = 0

    mutating func add(_ kind: Kind, at offset: Int, over children: [Int] = []) throws(SourceError) -> Int {
        let height = 1 + children.reduce(0) { max($0, self.nodes[$1].height) }
        guard height <= ExpressionLimits.depth else {
            throw SourceError(.tooDeep, "the expression is nested more than \(ExpressionLimits.depth) deep", at: offset)
        }
        self.nodes.append(Node(kind: kind, offset: offset, height: height))
        return self.nodes.count - 1
    }
}

enum BinaryOperator: String {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case remainder = "%"
}

import ConfigurationFiles
import ScenarioModel

/// `exchange:` of one case: a word, or `{ transfer: { up: 64MiB, down: 1MiB } }`.
struct ExchangeReader {
    let reading: Reading

    static let words: [(word: String, exchange: Exchange)] = [
        ("echo", .echo), ("wait", .wait), ("client-half-close", .clientHalfClose),
        ("upstream-half-close", .upstreamHalfClose), ("upstream-first", .upstreamFirst),
        ("client-closes", .clientCloses), ("upstream-closes", .upstreamCloses), ("upstream-resets", .upstreamResets),
        ("upstream-truncates", .upstreamTruncates), ("client-resets", .clientResets),
        ("broken-tag", .breach(.brokenTag)),
        ("unknown-record-type", .breach(.unknownRecordType)), ("oversized-record", .breach(.oversizedRecord)),
        ("request", .request), ("idle", .idle),
        ("client-half-open", .clientHalfOpen), ("upstream-half-open", .upstreamHalfOpen),
    ]

    func exchange(_ node: YAMLNode) -> Exchange? {
        if self.reading.resolved(node).isMapping {
            guard let object = ObjectReader(node, Grammar.exchange, self.reading),
                let transferNode = object.required("transfer", in: "exchange"),
                let transfer = ObjectReader(transferNode, Grammar.transfer, self.reading),
                let up = transfer.required("up", in: "transfer").flatMap({ self.reading.size($0) }),
                let down = transfer.required("down", in: "transfer").flatMap({ self.reading.size($0) })
            else { return nil }
            return .transfer(up: up, down: down)
        }
        guard let text = self.reading.text(node) else { return nil }
        if let known = Self.words.first(where: { $0.word == text }) { return known.exchange }
        let known = Self.words.map(\.word)
        let hint = Suggestion.clause(for: text, among: known)
        self.reading.report("'\(text)' is no exchange: \(Reading.list(known)) or transfer\(hint)", at: node)
        return nil
    }
}

extension Exchange {
    /// What a client's `close` changes is its own end, which not every exchange comes to.
    func checkClose(of engine: ClientPlan.Engine, _ reading: Reading, at node: YAMLNode) {
        let isEnded =
            switch self {
            case .wait: engine == .bytes
            case .echo, .transfer, .clientHalfClose, .clientHalfOpen, .clientCloses, .upstreamFirst, .dialogue: true
            case .upstreamHalfClose, .upstreamCloses, .upstreamResets, .upstreamTruncates, .clientResets, .breach,
                .idle, .upstreamHalfOpen, .request:
                false
            }
        if !isEnded {
            reading.report(
                "in this exchange the client does not end its side, so that 'close' changes nothing",
                at: node
            )
        }
    }
}

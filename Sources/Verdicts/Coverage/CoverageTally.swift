package import ScenarioModel

extension Coverage {
    /// How many sentences of a kind there are, and what is known of them.
    package struct Tally: Hashable, Sendable, Codable {
        package var sentences = 0
        package var covered = 0
        package var missing = 0
        package var unobservable = 0
        package var held = 0
        /// Those of ``held`` of which no case was lenient.
        package var heldStrictly = 0
        package var failed = 0
        package var notAsked = 0

        /// Those that an edge can be asked for.
        package var observable: Int { self.covered + self.missing }
        /// Those that the target of a run was asked for.
        package var asked: Int { self.held + self.failed }

        package init(_ sentences: some Sequence<Sentence>) {
            for sentence in sentences {
                self.sentences += 1
                switch sentence.state {
                case .covered: self.covered += 1
                case .missing: self.missing += 1
                case .unobservable: self.unobservable += 1
                }
                switch sentence.answer?.finding {
                case .held:
                    self.held += 1
                    if sentence.answer?.lenient == 0 { self.heldStrictly += 1 }
                case .failed: self.failed += 1
                case .notAsked: self.notAsked += 1
                case nil: break
                }
            }
        }
    }

    /// What a document only permits is no demand, and is not counted.
    package static let countedLevels: [Rule.Level] = [.must, .should]

    package func tally(of level: Rule.Level, from origins: Set<Rule.Origin> = [.rfc, .proxyProtocol]) -> Tally {
        let documents = self.documents.filter { origins.contains($0.name.origin) }
        return Tally(documents.lazy.flatMap(\.sentences).filter { $0.level == level })
    }
}

extension Coverage.Document {
    package func tally(of level: Rule.Level) -> Coverage.Tally {
        Coverage.Tally(self.sentences.lazy.filter { $0.level == level })
    }
}

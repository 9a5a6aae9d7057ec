import ScenarioModel
import Testing
import Verdicts

@Suite("Questions of operators")
struct OperatorQuestionTests {
    @Test("cases of the catalogue ask each of them, by every scenario that is named", arguments: OperatorQuestion.all)
    func areAsked(_ question: OperatorQuestion) throws {
        let cases = try Catalogue.scenarios.get().flatMap(\.cases)
        for source in question.cases {
            #expect(
                cases.contains { question.isAsked(by: $0) && $0.scenario == source.scenario },
                "\(question.id) by \(source.scenario)"
            )
        }
    }

    @Test("no two have the same address")
    func addresses() {
        #expect(Set(OperatorQuestion.all.map(\.id)).count == OperatorQuestion.all.count)
    }
}

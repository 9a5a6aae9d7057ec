import ScenarioModel
import Testing
import Verdicts

@testable import Checks

/// One observation, and whether an expectation holds of it.
struct CheckRow: Sendable, CustomTestStringConvertible {
    let name: String
    let role: Role
    let expectation: Expectation
    let observation: Observation
    let holds: Bool
    var engine = ClientPlan.Engine.openssl
    var exchange = Exchange.echo
    var close: ClientPlan.Close?
    var testDescription: String { self.name }
}

/// A suite of rows: for every check one that holds and at least one that does not, since a check that cannot fail checks nothing.
protocol CheckRows {}

extension CheckRows {
    func run(_ row: CheckRow) {
        var testCase = Made.testCase(row.role, strict: [row.expectation], engine: row.engine, exchange: row.exchange)
        testCase.client.close = row.close
        let verdict = Made.judge.judge(testCase, row.observation)
        #expect((verdict.outcome == .pass) == row.holds, "\(verdict)")
        #expect(verdict.outcome != .error, "\(verdict.summary)")
        #expect(row.holds == verdict.summary.isEmpty)
    }

    static func row(
        _ name: String,
        _ role: Role,
        _ expect: (inout Expectation) -> Void,
        holds: Bool,
        engine: ClientPlan.Engine = .openssl,
        exchange: Exchange = .echo,
        close: ClientPlan.Close? = nil,
        refused: Bool = false,
        _ change: (inout Observation) -> Void = { _ in }
    ) -> CheckRow {
        let observation = refused ? Made.refused() : Made.good(role)
        return CheckRow(
            name: name,
            role: role,
            expectation: Made.expect(expect),
            observation: observation.with(change),
            holds: holds,
            engine: engine,
            exchange: exchange,
            close: close
        )
    }
}

extension Observation {
    /// The client is a program.
    mutating func makeProgram(account: ProgramObservation.Account) {
        self.clients[0].program = ProgramObservation(
            title: "curl 8",
            command: "curl",
            status: 0,
            account: account,
            lastWords: ""
        )
    }

    mutating func makeProgram(saying said: String, heard: String) {
        self.makeProgram(account: .connected)
        self.clients[0].applicationSent = Made.application(said)
        self.upstreams[0].connections[0].applicationReceived = Made.application(heard)
    }
}

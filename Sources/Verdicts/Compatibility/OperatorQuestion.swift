package import ScenarioModel

/// What somebody who runs an edge wants to know of it before anything else, asked by cases of the catalogue and answered in
/// words: what it does, whether that is a failure or not.
package struct OperatorQuestion: Hashable, Sendable {
    /// Permanent: a part of the page's addresses.
    package var id: String
    package var title: String
    package var cases: [Source]
    /// Whether the connection is to go on, so that what arrived is the answer, or to be refused, so that its end is.
    package var isAboutTransfer: Bool

    /// Cases of one scenario that ask it.
    package struct Source: Hashable, Sendable {
        package var scenario: String
        /// The choice by which they are told from the scenario's others; `nil` where all of them ask it.
        package var choice: Case.Choice?
    }

    package func isAsked(by testCase: Case) -> Bool {
        self.cases.contains { source in
            source.scenario == testCase.scenario
                && (source.choice.map { testCase.choices.contains($0) } ?? true)
        }
    }

    private init(
        _ id: String,
        _ title: String,
        _ cases: [(scenario: String, choice: (name: String, value: String)?)],
        isAboutTransfer: Bool = false
    ) {
        self.id = id
        self.title = title
        self.cases = cases.map { source in
            Source(
                scenario: source.scenario,
                choice: source.choice.map { Case.Choice(name: $0.name, value: $0.value) }
            )
        }
        self.isAboutTransfer = isAboutTransfer
    }

    package static let all: [OperatorQuestion] = [
        .init("unknown-name", "A client asks for a name that nobody serves", [("routing.unknown-name", nil)]),
        .init("no-name", "A client sends no server name", [("routing.no-name", nil)]),
        .init(
            "http-on-the-port",
            "Somebody speaks HTTP on the TLS port",
            [("not-tls.http-methods", ("method", "GET"))]
        ),
        .init(
            "no-client-certificate",
            "A client comes without the certificate that its endpoint demands",
            [("mutual-tls.refused", ("client", "none"))]
        ),
        .init("silence", "A client connects and says nothing", [("silence.nothing-sent", nil)]),
        .init(
            "hello-of-60-kib",
            "A ClientHello of 60 KiB, below ngrok's limit of 64 KiB",
            [
                ("framing.size.large", ("size", "60KiB")),
                ("framing.size.beyond-a-terminators-own", ("size", "60KiB")),
            ]
        ),
        .init(
            "hello-of-72-kib",
            "A ClientHello of 72 KiB, beyond ngrok's limit of 64 KiB",
            [("framing.size.too-large", ("size", "72KiB"))]
        ),
        .init(
            "client-half-close",
            "A client has said all, ends its side, and waits for the answer",
            [("closing.client-half-close", nil)],
            isAboutTransfer: true
        ),
        .init(
            "upstream-half-close",
            "An upstream has said all and ends its side, and the client goes on sending",
            [("closing.upstream-half-close", nil)],
            isAboutTransfer: true
        ),
        .init("upstream-down", "The upstream refuses the connection", [("availability.upstream-refuses", nil)]),
    ]
}

import ArgumentParser

struct Shakedown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shakedown",
        abstract: "Puts TLS edges to the test.",
        discussion: """
            EXAMPLES
              shakedown run                                    the whole catalogue against our own edge and agent
              shakedown run --target haproxy                   the same against HAProxy
              shakedown run 'framing.*' --level must           what the RFCs demand of a split ClientHello
              shakedown explain routing.exact                  what a scenario checks, and why
            """,
        version: Version.text,
        subcommands: [RunCommand.self, CompareCommand.self, ListCommand.self, ExplainCommand.self, CertsCommand.self]
    )
}

enum Version {
    static let text = "0.1.0"
}

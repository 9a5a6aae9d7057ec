/// The help of `shakedown-agent api`, made of the commands.
enum APIHelp {
    private static let program = "shakedown-agent api"

    /// `shakedown-agent api reserved-domains update ID [--description TEXT] …`
    static func usage(_ command: APICommand) -> String {
        let arguments = command.parameters.map { $0.uppercased().replacing("_", with: "-") }
        let hasFlags = !command.query.isEmpty || !command.body.isEmpty
        return ([Self.program] + command.words + arguments + (hasFlags ? ["[FLAGS]"] : [])).joined(separator: " ")
    }

    static func text(_ command: APICommand) -> String {
        var lines = [command.summary, "", "USAGE: \(Self.usage(command))"]
        let fields = command.query + command.body
        if !fields.isEmpty {
            lines += ["", "FLAGS:"]
            lines += Self.columns(
                fields.map { field in
                    (
                        "\(field.flag) \(Self.value(field.kind))",
                        [field.isRequired ? "Required." : "", field.description].filter { !$0.isEmpty }
                            .joined(separator: " ")
                    )
                }
            )
        }
        if !command.body.isEmpty {
            lines += Self.columns([
                ("--json FILE", "The body as JSON, - for standard input; flags say more than it does.")
            ])
        }
        return (lines + ["", Self.options]).joined(separator: "\n") + "\n"
    }

    static func text(_ commands: [APICommand], below words: [String]) -> String {
        let place = ([Self.program] + words).joined(separator: " ")
        let lines = ["USAGE: \(place) COMMAND", "", "COMMANDS:"]
        let table = Self.columns(commands.map { ($0.words.dropFirst(words.count).joined(separator: " "), $0.summary) })
        return (lines + table + ["", Self.options]).joined(separator: "\n") + "\n"
    }

    private static let options = """
        OPTIONS:
          --url URL      Where the API is (default: $SHAKEDOWN_EDGE_API, else http://127.0.0.1:4041).
          --api-key KEY  The key (default: $SHAKEDOWN_API_KEY, else $NGROK_API_KEY, else api_key of the file).
                         Others on this machine can see a flag.
          --config FILE  A configuration file of the agent; may be repeated.
        """

    private static func value(_ kind: APIField.Kind) -> String {
        switch kind {
        case .text: "TEXT"
        case .number: "NUMBER"
        case .truth: "true|false"
        case .list: "TEXT …"
        case .map(let isNumber): isNumber ? "NAME=NUMBER …" : "NAME=TEXT …"
        case .json: "JSON"
        }
    }

    private static func columns(_ rows: [(String, String)]) -> [String] {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { first, second in
            second.isEmpty
                ? "  \(first)" : "  \(first)\(String(repeating: " ", count: width - first.count))  \(second)"
        }
    }
}

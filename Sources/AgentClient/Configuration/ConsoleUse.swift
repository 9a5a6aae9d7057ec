/// Whether the agent shows itself on a terminal, in ngrok's words.
package enum ConsoleUse: String, Hashable, Sendable, CaseIterable {
    case whereThereIsATerminal = "iftty"
    case always = "true"
    case never = "false"
}

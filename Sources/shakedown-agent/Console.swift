import AgentClient
import ProgramKit
import ServiceLifecycle
import UnixSignals

/// Keeps a screen of the terminal up to date with an agent, and leaves the terminal as it was.
struct Console: Service {
    /// What is not on the screen a second later nobody misses; a latency changes with every heartbeat.
    private static let interval = Duration.seconds(1)
    /// A few screens may wait for a terminal that is held (Ctrl-S); the agent waits for none of them.
    private static let limit = 256 * 1_024

    let log: ConsoleLog
    let tunnels: WantedTunnels
    let color: ConsoleColor

    /// Whether there is one: never on a terminal that log lines go to.
    static func isWanted(_ settings: AgentSettings) throws(Complaint) -> Bool {
        let sharesTerminal =
            settings.log == "stdout" || (settings.log == "stderr" && TerminalSize.isStandardErrorATerminal)
        switch settings.console ?? .whereThereIsATerminal {
        case .never: return false
        case .whereThereIsATerminal: return TerminalSize.isStandardOutputATerminal && !sharesTerminal
        case .always:
            guard !sharesTerminal else {
                throw Complaint(
                    "the console and the log cannot have the same terminal",
                    hint: "give the log a file, or leave console_ui out",
                    exitStatus: .usage
                )
            }
            return true
        }
    }

    func run() async throws {
        let output = LineWriter(.standardOutput, limit: Self.limit, reporting: .elsewhere { _ in })
        output.write(ConsoleFrame.start)
        await cancelWhenGracefulShutdown {
            let (redraws, told) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigwinch) { told.yield() } }
                group.addTask {
                    while !Task.isCancelled {
                        told.yield()
                        try? await Task.sleep(for: Self.interval)
                    }
                }
                group.addTask { await self.draw(redraws, on: output) }
            }
        }
        output.write(ConsoleFrame.end)
        await output.finish()
    }

    private func draw(_ redraws: AsyncStream<Void>, on output: LineWriter) async {
        for await _ in redraws {
            let size = TerminalSize.ofStandardOutput
            let lines = self.log.screen(self.tunnels).lines(width: size.columns, height: size.rows)
            output.write(ConsoleFrame.text(of: lines, self.color))
        }
    }
}

extension Console: CustomStringConvertible {
    /// Its name alone: the service group logs its services.
    var description: String { "console" }
}

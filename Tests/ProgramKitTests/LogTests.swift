import Dispatch
import FolderTesting
import Foundation
import JSONText
import Logging
import Synchronization
import Testing

@testable import ProgramKit

@Suite("Log lines")
struct LogLineTests {
    private static let line = LogLine(
        time: "2026-03-01T12:00:00.123Z",
        level: .info,
        message: "tunnel online",
        pairs: [(key: "tunnel.name", value: "web"), (key: "tunnel.url", value: "tls://a b")]
    )

    @Test(
        "look as their format says",
        arguments: [
            (
                LogFormat.term,
                #"2026-03-01T12:00:00.123Z info     tunnel online tunnel.name=web tunnel.url="tls://a b""#
            ),
            (
                .logfmt,
                #"t=2026-03-01T12:00:00.123Z lvl=info msg="tunnel online" tunnel.name=web tunnel.url="tls://a b""#
            ),
            (
                .json,
                #"{"t":"2026-03-01T12:00:00.123Z","lvl":"info","msg":"tunnel online","tunnel.name":"web","tunnel.url":"tls://a b"}"#
            ),
        ]
    )
    func formats(_ format: LogFormat, _ text: String) {
        #expect(Self.line.text(format) == text)
    }

    /// What a peer may send as a server name to write into somebody's log or terminal.
    static let hostile = [
        "", " ", "a b", "a=b", "\"", "\\", "a\nlvl=error msg=forged", "a\r\nb", "\u{1b}[2J", "\u{0}", "\u{7f}",
        "\u{85}",
        "\u{202e}evil", "\u{2028}", "\u{feff}", "ünï", "{\"a\":1}", "x\" forged=\"1",
    ]

    @Test("keep a peer's words inside one line and one field", arguments: LogFormat.allCases, Self.hostile)
    func escaping(_ format: LogFormat, _ value: String) throws {
        let text = LogLine(time: "t", level: .debug, message: "m", pairs: [(key: "tls.sni", value: value)]).text(format)
        let isSafe = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        #expect(isSafe, "\(text.debugDescription)")
        switch format {
        case .json:
            #expect(try JSONValue(reading: Array(text.utf8))["tls.sni"]?.text == value)
        case .term, .logfmt:
            let field = text.split(separator: "tls.sni=", maxSplits: 1).last.map(String.init) ?? ""
            let isQuoted = field.hasPrefix("\"")
            let read = isQuoted ? try JSONValue(reading: Array(field.utf8)).text : field
            #expect(read == value)
        }
    }
}

@Suite("The log handler")
struct LineLogHandlerTests {
    struct Odd: Error, CustomStringConvertible { let description = "odd \"one\"" }

    @Test("merges the data of the logger, of the moment and of the event, and writes one line for each")
    func lines() async throws {
        let folder = try TemporaryFolder()
        let output = LineWriter.log(to: try .named(folder.path("log")), format: .json)
        var handler = LineLogHandler(format: .json, level: .info, output: output)
        handler.metadataProvider = Logger.MetadataProvider { ["session.id": "s", "account.name": "provided"] }
        var logger = Logger(label: "test") { [handler] _ in handler }
        logger[metadataKey: "connection.id"] = "c"
        logger[metadataKey: "account.name"] = "logger's"
        logger.debug("not written")
        logger.info("first", metadata: ["account.name": "event's"])
        logger.warning("second", error: Odd())
        await output.finish(patience: .seconds(60))
        let lines = try String(contentsOfFile: folder.path("log"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let first = try JSONValue(reading: Array(lines[0].utf8))
        #expect(first["lvl"]?.text == "info")
        #expect(first["msg"]?.text == "first")
        #expect(first["connection.id"]?.text == "c")
        #expect(first["session.id"]?.text == "s")
        #expect(first["account.name"]?.text == "event's")
        #expect(first["t"]?.text?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
        #expect(try JSONValue(reading: Array(lines[1].utf8))["error"]?.text == "odd \"one\"")
    }

    /// What says something else of itself a moment later, and a clock.
    private final class Changing: CustomStringConvertible, Sendable {
        let text = Mutex("before")
        let time = Mutex(Date(timeIntervalSince1970: 1_772_366_400.5))
        var description: String { self.text.withLock { $0 } }
    }

    @Test("what is logged is as it was when it was logged, and with the time of then, whenever its line is made")
    func asItWas() async throws {
        let folder = try TemporaryFolder()
        let output = LineWriter.log(to: try .named(folder.path("log")), format: .term)
        let gate = DispatchSemaphore(value: 0)
        output.write(about: 1) {
            gate.wait()
            return "first\n"
        }
        let object = Changing()
        let handler = LineLogHandler(format: .term, level: .info, output: output) { object.time.withLock { $0 } }
        let logger = Logger(label: "test") { _ in handler }
        logger.info("logged", metadata: ["b": .stringConvertible(object), "a": .array([.stringConvertible(object)])])
        object.text.withLock { $0 = "after" }
        object.time.withLock { $0 += 1 }
        gate.signal()
        await output.finish(patience: .seconds(60))
        let text = try String(contentsOfFile: folder.path("log"), encoding: .utf8)
        #expect(text == "first\n2026-03-01T12:00:00.500Z info     logged a=\"[\\\"before\\\"]\" b=before\n")
    }

    @Test(
        "says in its own form that lines were lost, and that its file cannot be opened anew",
        arguments: [
            (
                LogFormat.term, "warning  log lines were lost log.lost=2",
                "error    log file not reopened, the old one stays"
            ),
            (.logfmt, #"lvl=warning msg="log lines were lost" log.lost=2"#, "lvl=error msg=\"log file not reopened"),
            (
                .json, #""lvl":"warning","msg":"log lines were lost","log.lost":"2"}"#,
                #""lvl":"error","msg":"log file not"#
            ),
        ]
    )
    func troubles(format: LogFormat, lost: String, notReopened: String) async throws {
        let folder = try TemporaryFolder()
        let output = LineWriter.log(to: try .named(folder.path("log")), format: format, limit: 10)
        try FileManager.default.moveItem(at: folder.file("log"), to: folder.file("log.1"))
        try FileManager.default.createDirectory(at: folder.file("log"), withIntermediateDirectories: false)
        for _ in 0..<2 { output.write("longer than the limit\n") }
        output.reopen()
        await output.finish(patience: .seconds(60))
        let lines = try String(contentsOfFile: folder.path("log.1"), encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.contains { $0.hasSuffix(lost) }, "\(lines)")
        #expect(lines.contains { $0.contains(notReopened) && $0.contains("is a directory") }, "\(lines)")
    }
}

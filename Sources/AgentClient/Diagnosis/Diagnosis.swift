package import Addresses
import JSONText
import ProgramKit

/// What became of each step on the way to an edge, up to the first that failed.
package struct Diagnosis: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case nameResolution = "name resolution"
        /// Where the edge's CA says what it has revoked, which is asked for with `crl_url`.
        case revocationList = "revocation list"
        case tcp = "TCP"
        case proxy = "proxy"
        case tls = "TLS"
        case muxado = "muxado"
        /// The one request that an edge answers to whom it does not know.
        case serverInfo = "SrvInfo"
    }

    package struct Step: Hashable, Sendable {
        package let kind: Kind
        package let time: Duration
        /// What was found, in a few words.
        package let result: Result<String, Failure>

        package init(_ kind: Kind, time: Duration, result: Result<String, Failure>) {
            self.kind = kind
            self.time = time
            self.result = result
        }
    }

    package struct Failure: Error, Hashable, Sendable {
        package let reason: String
        /// What to do.
        package let hint: String

        package init(reason: String, hint: String) {
            self.reason = reason
            self.hint = hint
        }
    }

    package let server: HostAndPort
    package let proxy: ProxyAddress?
    package var steps: [Step] = []

    package init(of server: HostAndPort, proxy: ProxyAddress?) {
        self.server = server
        self.proxy = proxy
    }

    /// Why the last step failed; `nil` where the edge can be reached.
    package var failure: Failure? {
        guard case .failure(let failure) = self.steps.last?.result else { return nil }
        return failure
    }

    /// Which one that is.
    package var failedStep: Kind? { self.failure == nil ? nil : self.steps.last?.kind }
}

extension Diagnosis.Step {
    /// A little wider than the longest name, "name resolution".
    private static let margin = String(repeating: " ", count: 17)

    /// One line, and one more with what to do where it failed.
    package var text: String {
        let name = self.kind.rawValue.padded(to: 17)
        let time = "\(self.milliseconds) ms".padded(to: 11)
        return switch self.result {
        case .success(let detail): "\(name)ok      \(time)\(detail)\n"
        case .failure(let failure): "\(name)failed  \(time)\(failure.reason)\n\(Self.margin)hint: \(failure.hint)\n"
        }
    }

    /// With one digit behind the dot.
    private var milliseconds: String {
        let tenths = self.time / .microseconds(100)
        return "\(Int(tenths) / 10).\(Int(tenths) % 10)"
    }

    fileprivate var json: JSONValue {
        let start: [JSONValue.Member] = [
            .init("step", .string(self.kind.rawValue)),
            .init("microseconds", .integer(Int64(self.time / .microseconds(1)))),
        ]
        return switch self.result {
        case .success(let detail): .object(start + [.init("ok", .bool(true)), .init("detail", .string(detail))])
        case .failure(let failure):
            .object(
                start + [
                    .init("ok", .bool(false)), .init("error", .string(failure.reason)),
                    .init("hint", .string(failure.hint)),
                ]
            )
        }
    }
}

extension Diagnosis {
    /// What `--json` prints and a report's file holds: one line with the steps, and what an operator asks next.
    package var report: String { String(decoding: self.json.encoded, as: UTF8.self) + "\n" }

    private var json: JSONValue {
        .object([
            .init("server", .string("\(self.server)")),
            .init("proxy", self.proxy.map { .string("\($0)") } ?? .null),
            .init("ok", .bool(self.failure == nil)),
            .init("steps", .array(self.steps.map(\.json))),
            .init(
                "agent",
                .object([
                    .init("version", .string(SystemDescription.version)),
                    .init("os", .string(SystemDescription.operatingSystem)),
                    .init("arch", .string(SystemDescription.architecture)),
                ])
            ),
        ])
    }

    /// What it comes to, in one line.
    package var summary: String {
        guard let step = self.failedStep else { return "the edge at \(self.server) can be reached" }
        return "the edge at \(self.server) cannot be reached: \(step.rawValue) failed"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - self.count))
    }
}

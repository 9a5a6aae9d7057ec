internal import Addresses
internal import Foundation
internal import ProgramKit
internal import Supervision

/// How to see that a process is ready, with everything in it rendered.
enum ReadinessProbe {
    /// Someone takes connections at all of these.
    case connect([TransportAddress])
    case socket(path: String)
    case http(address: TransportAddress, host: String, path: String)
    /// The pattern matches what stands in the log behind this offset.
    case log(pattern: String, file: URL, offset: UInt64)
    case file(URL)
    case exists(URL)

    /// Removes what an earlier process left and would be believed.
    func clear() {
        switch self {
        case .file(let file), .exists(let file): try? FileManager.default.removeItem(at: file)
        case .socket(let path): try? FileManager.default.removeItem(atPath: path)
        case .connect, .http, .log: break
        }
    }

    /// What the process told, empty where it only is ready; `nil` while it is not.
    func look() throws -> Readiness? {
        switch self {
        case .connect(let addresses): addresses.allSatisfy { Loopback.canConnect(to: $0) } ? Readiness() : nil
        case .socket(let path): Loopback.canConnect(toSocket: path) ? Readiness() : nil
        case .http(let address, let host, let path):
            if let answer = try? HTTPAnswer.get(path, host: host, at: address), (200..<300).contains(answer.code) {
                Readiness()
            } else {
                nil
            }
        case .log(let pattern, let file, let offset):
            try Self.matches(pattern, in: file, from: offset) ? Readiness() : nil
        case .file(let file): try Readiness(ReadyFile(path: file.path))
        case .exists(let file): FileManager.default.fileExists(atPath: file.path) ? Readiness() : nil
        }
    }

    private static func matches(_ pattern: String, in file: URL, from offset: UInt64) throws -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
        defer { try? handle.close() }
        try handle.seek(toOffset: offset)
        let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
        return text.range(of: pattern, options: .regularExpression) != nil
    }
}

extension ReadinessProbe {
    /// - Parameter render: Makes text of a template.
    init(
        _ ready: ProcessPlan.Ready,
        edgeAddresses: [TransportAddress],
        log: URL,
        directory: URL,
        render: (String) throws(TargetError) -> String
    ) throws(TargetError) {
        switch ready {
        case .port: self = .connect(edgeAddresses)
        case .connect(let template):
            let text = try render(template)
            if text.hasPrefix("/") {
                self = .socket(path: text)
            } else {
                self = .connect([try Self.address(text)])
            }
        case .http(let template):
            let (address, host, path) = try Self.parts(of: try render(template), in: "ready")
            self = .http(address: address, host: host, path: path)
        case .log(let pattern):
            let size = (try? FileManager.default.attributesOfItem(atPath: log.path)[.size] as? UInt64) ?? 0
            self = .log(pattern: pattern, file: log, offset: size)
        case .file(let template): self = .file(Self.file(try render(template), in: directory))
        case .exists(let template): self = .exists(Self.file(try render(template), in: directory))
        }
    }

    /// Of a URL that begins with `http://`.
    static func parts(
        of url: String,
        in key: String
    ) throws(TargetError) -> (address: TransportAddress, host: String, path: String) {
        let rest = url.dropFirst("http://".count)
        let host = String(rest.prefix { $0 != "/" })
        return (try Self.address(host, in: key), host, String(rest.dropFirst(host.count)))
    }

    private static func address(_ text: String, in key: String = "ready") throws(TargetError) -> TransportAddress {
        guard let address = TransportAddress(text), address.port > 0 else {
            throw TargetError(.badTemplate, "'\(text)' in '\(key)' is no IP address and port")
        }
        return address
    }

    private static func file(_ path: String, in directory: URL) -> URL {
        path.hasPrefix("/") ? URL(filePath: path) : directory.appending(path: path)
    }
}

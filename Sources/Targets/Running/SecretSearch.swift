internal import Foundation
internal import Glibc
internal import ProgramKit

/// Looks for what must not stand there in the files that a target wrote.
///
/// Of a secret it knows several spellings: as it is, in base64, in hexadecimal. What it finds it names and does not show.
struct SecretSearch {
    /// One spelling of a secret.
    private struct Needle {
        var secret: String
        var bytes: [UInt8]
    }

    /// A needle begins with so many bytes, which one number holds: it is looked up at every place of a file.
    private static let beginning = 8
    /// A file is read in pieces of this size, however large it is.
    private static let pieceSize = 1 << 20

    private var needles: [Needle] = []
    private var candidates: [UInt64: [Int]] = [:]
    /// Nearly every place of a file is none where a needle begins, and that is told by one look here.
    private var mayBegin = [Bool](repeating: false, count: 1 << 16)

    /// - Parameter name: what a person calls it: `the authtoken of the agents`.
    mutating func add(_ text: String, name: String) {
        let bytes = Array(text.utf8)
        self.add(Needle(secret: name, bytes: bytes))
        self.add(encoded: bytes, name: name)
    }

    /// A private key in PEM. Looked for is a line of it that has secret bytes: the first of a short one (EC, Ed25519), a late one
    /// of a long one, whose beginning (RSA's modulus) every certificate tells.
    mutating func add(keyPEM text: String, name: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        guard let first = lines.first else { return }
        let line = lines.count <= 5 ? first : lines[lines.count * 3 / 4]
        self.add(Needle(secret: name, bytes: Array(line.utf8)))
        self.add(encoded: Array(line.utf8), name: name)
        // A line of base64 is a whole number of bytes.
        guard let bytes = Data(base64Encoded: String(line)) else { return }
        let digits = bytes.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        self.add(Needle(secret: name, bytes: Array(digits.utf8)))
        self.add(Needle(secret: name, bytes: Array(digits.uppercased().utf8)))
    }

    /// As base64 has it, wherever it begins in what was encoded: its first and last characters depend on the neighbours.
    private mutating func add(encoded bytes: [UInt8], name: String) {
        for shift in 0..<3 {
            let inner = bytes.dropFirst(shift)
            let whole = Data(inner.prefix(inner.count / 3 * 3))
            self.add(Needle(secret: name, bytes: Array(whole.base64EncodedData())))
        }
    }

    private mutating func add(_ needle: Needle) {
        guard needle.bytes.count >= Self.beginning else { return }
        let beginning = needle.bytes.prefix(Self.beginning).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.candidates[beginning, default: []].append(self.needles.count)
        self.mayBegin[Self.slot(of: beginning)] = true
        self.needles.append(needle)
    }

    private static func slot(of beginning: UInt64) -> Int {
        // Fibonacci hashing: 2^64 divided by the golden ratio.
        Int((beginning &* 0x9e37_79b9_7f4a_7c15) >> 48)
    }

    /// Where each secret stands first in a file, such as `edge.log:12 has the authtoken of the agents`.
    ///
    /// - Parameter title: what to call the file.
    func findings(in file: URL, called title: String) -> [String] {
        var lines: [String: Int] = [:]
        do {
            try self.search(file, &lines)
        } catch  where Self.isGone(error) {
            // It was listed, and was removed before it was opened: a database's log, for one. Who is not there tells nothing.
            return []
        } catch {
            return ["\(title) cannot be searched for secrets: \(Reason.text(of: error))"]
        }
        return lines.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { "\(title):\($0.value) has \($0.key)" }
    }

    /// Whether an error says that there is no such file, and nothing else.
    static func isGone(_ error: any Error) -> Bool { Reason.text(of: error) == Reason.text(ofErrno: ENOENT) }

    private func search(_ file: URL, _ lines: inout [String: Int]) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        // What could be the beginning of a needle is looked at again with the next piece.
        let overlap = self.needles.map(\.bytes.count).max() ?? 0
        var piece: [UInt8] = []
        var line = 1
        while let more = try handle.read(upToCount: Self.pieceSize), !more.isEmpty {
            piece += more
            self.search(piece, from: line, &lines)
            let rest = piece.suffix(overlap)
            line += piece.dropLast(rest.count).count { $0 == UInt8(ascii: "\n") }
            piece = Array(rest)
        }
    }

    private func search(_ piece: [UInt8], from firstLine: Int, _ lines: inout [String: Int]) {
        let bytes = piece.span
        var line = firstLine
        var window: UInt64 = 0
        for place in bytes.indices {
            let byte = bytes[place]
            window = window << 8 | UInt64(byte)
            if self.mayBegin[Self.slot(of: window)], let candidates = self.candidates[window] {
                let start = place - Self.beginning + 1
                for needle in candidates.map({ self.needles[$0] }) where start >= 0 {
                    guard piece[start...].starts(with: needle.bytes) else { continue }
                    lines[needle.secret] = min(lines[needle.secret] ?? line, line)
                }
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
    }
}

extension RunningTarget {
    /// What the target wrote of the run's secrets into its logs, its events and whatever else it keeps.
    ///
    /// - Parameter keys: the private keys that it was given, in PEM, by name.
    package func leaks(of keys: [String: String]) -> [String] {
        var search = SecretSearch()
        for (name, text) in self.launcher.secrets.named { search.add(text, name: name) }
        for (name, text) in keys.sorted(by: { $0.key < $1.key }) {
            search.add(keyPEM: text, name: "the private key of \(name)")
        }
        let folders = [self.deployment.workDirectory, self.deployment.stateDirectory].map(\.standardizedFileURL.path)
        return Set(folders).sorted().map { URL(filePath: $0) }.flatMap { folder in
            let (names, troubles) = self.ownFiles(in: folder)
            return troubles + names.flatMap { search.findings(in: folder.appending(path: $0), called: $0) }
        }
    }

    /// The files in a folder of the target's that the harness did not put there, and what kept others from being seen.
    private func ownFiles(in folder: URL) -> (names: [String], troubles: [String]) {
        let base = folder.path
        let given = self.launcher.givenFiles
        // Certificates and keys are in a folder of theirs, if they are in the work directory at all.
        let keyFiles = self.deployment.endpoints.map(\.files.serverKey) + [self.deployment.defaultKey]
        let keys = Set(keyFiles.map { $0.deletingLastPathComponent() })
            .map(\.standardizedFileURL.path).filter { $0 != base }
        var troubles: [String] = []
        func note(_ url: URL, _ error: any Error) {
            // What goes away meanwhile has nothing to say.
            guard !SecretSearch.isGone(error) else { return }
            let name = String(url.standardizedFileURL.path.dropFirst(base.count + 1))
            troubles.append("\(name) cannot be searched for secrets: \(Reason.text(of: error))")
        }
        let enumerator = FileManager.default.enumerator(
            at: folder,
            includingPropertiesForKeys: [.isRegularFileKey],
            errorHandler: { url, error in
                note(url, error)
                return true
            }
        )
        var names: [String] = []
        while let url = enumerator?.nextObject() as? URL {
            let path = url.standardizedFileURL.path
            let name = String(path.dropFirst(base.count + 1))
            guard !given.contains(name), !keys.contains(where: { path.hasPrefix($0 + "/") }) else { continue }
            do {
                let isRegular = try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
                if isRegular == true { names.append(name) }
            } catch {
                note(url, error)
            }
        }
        return (names.sorted(), troubles)
    }
}

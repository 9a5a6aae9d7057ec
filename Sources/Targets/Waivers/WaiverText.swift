internal import ConfigurationFiles
package import Foundation
internal import ProgramKit
package import Verdicts

/// A waiver file that is changed line by line, so that comments, order and words of what stays are as they were.
package struct WaiverText: Sendable {
    private let file: URL
    private let now: Date
    private var lines: [String]

    /// - Parameter now: what is added holds for half a year from this moment.
    package init(_ file: URL, now: Date = Date()) throws {
        self.file = file
        self.now = now
        guard FileManager.default.fileExists(atPath: file.path) else {
            self.lines = []
            return
        }
        self.lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        .map(String.init)
        // The end of the last line begins no other.
        if self.lines.last == "" { self.lines.removeLast() }
    }

    package var text: String { self.lines.map { "\($0)\n" }.joined() }

    /// How long what is added holds, in days: long enough to find out, and too short to be forgotten.
    private static let days = 180

    /// Changes the text. What stands in it then is read back, so that nothing is written that would be read otherwise.
    ///
    /// - Parameters:
    ///   - reason: of what is added; `nil` leaves it to be filled in, and the loader refuses it until then.
    ///   - version: the target's, for which the waivers were loaded.
    /// - Throws: ``Complaint`` where an entry is not written in lines of its own.
    package mutating func apply(_ update: WaiverUpdate, reason: String?, version: String) throws {
        var edits: [(waiver: Waiver, edit: (Range<Int>) throws(Complaint) -> [String])] = []
        for waiver in update.removed { edits.append((waiver, { _ throws(Complaint) in [] })) }
        for narrowing in update.narrowed {
            edits.append((narrowing.waiver, { [self] range throws(Complaint) in try self.narrowed(narrowing, range) }))
        }
        let places = try edits.map { try (self.range(of: $0.waiver), $0.edit) }.sorted {
            $0.0.lowerBound > $1.0.lowerBound
        }
        // From the end, so that the numbers of the lines before stay as they are.
        for (range, edit) in places { self.lines.replaceSubrange(range, with: try edit(range)) }
        for addition in update.added { self.lines += self.entry(addition, reason: reason) }
        if self.lines.isEmpty || self.lines.allSatisfy({ $0.isEmpty || $0.hasPrefix("#") }) { self.lines.append("[]") }
        if !update.added.isEmpty { self.lines.removeAll { $0 == "[]" } }
        try self.verify(version: version)
    }

    package func write() throws {
        do {
            try WholeFile.write(Array(self.text.utf8), to: self.file.path)
        } catch {
            throw Complaint("cannot write \(self.file.path): \(Reason.text(of: error))", exitStatus: .usage)
        }
    }

    private func verify(version: String) throws {
        let value = try YAMLValue.parse(self.text, file: WaiverFile.name(of: self.file))
        _ = try Waivers.read(value, version: version, now: self.now, takesOpenReasons: true)
    }

    private func complaint(_ waiver: Waiver, _ sentence: String) -> Complaint {
        Complaint(
            "\(waiver.location): \(sentence), so that nothing was changed",
            hint: "write the waiver as '- cases: …' with each of its keys in a line of its own",
            exitStatus: .usage
        )
    }

    /// The lines of an entry: from its hyphen to the next one, without comments at the margin, which are about what follows.
    private func range(of waiver: Waiver) throws(Complaint) -> Range<Int> {
        guard let number = waiver.location.split(separator: ":").last.flatMap({ Int($0) }), number >= 1,
            number <= self.lines.count, self.lines[number - 1].hasPrefix("- ")
        else { throw self.complaint(waiver, "no entry begins there with '- '") }
        let start = number - 1
        var end = start + 1
        while end < self.lines.count, !self.lines[end].hasPrefix("-") { end += 1 }
        while end > start + 1, self.lines[end - 1].isEmpty || self.lines[end - 1].hasPrefix("#") { end -= 1 }
        return start..<end
    }

    // MARK: Narrowing

    private func narrowed(_ narrowing: WaiverUpdate.Narrowing, _ range: Range<Int>) throws(Complaint) -> [String] {
        var lines: [String] = []
        for part in narrowing.parts {
            lines += try self.entry(Array(self.lines[range]), of: narrowing.waiver, narrowedTo: part)
        }
        return lines
    }

    private func entry(
        _ entry: [String],
        of waiver: Waiver,
        narrowedTo part: WaiverUpdate.Narrowing.Part
    ) throws(Complaint) -> [String] {
        var entry = entry
        if part.checks != waiver.checks {
            guard let index = entry.firstIndex(where: { Self.value(of: "checks", in: $0) != nil }) else {
                throw self.complaint(waiver, "its checks are in no line of their own")
            }
            entry = try self.entry(entry, of: waiver, with: part.checks, at: index)
        }
        guard part.cases != waiver.cases.pattern else { return entry }
        guard let index = entry.firstIndex(where: { Self.value(of: "cases", in: $0) != nil }),
            let place = Self.value(of: "cases", in: entry[index]),
            let comment = Self.comment(behind: entry[index][place])
        else { throw self.complaint(waiver, "its cases are in no line of their own") }
        entry[index] = entry[index][..<place.lowerBound] + Self.quoted(part.cases) + comment
        return entry
    }

    /// The entry with fewer checks, be they in brackets or in lines.
    private func entry(
        _ entry: [String],
        of waiver: Waiver,
        with checks: [String],
        at index: Int
    ) throws(Complaint) -> [String] {
        var entry = entry
        guard let place = Self.value(of: "checks", in: entry[index]) else { return entry }
        let value = entry[index][place]
        if value.hasPrefix("["), let close = value.lastIndex(of: "]") {
            let names = checks.map { $0.contains(",") ? Self.quoted($0) : $0 }.joined(separator: ", ")
            entry[index] = String(entry[index][..<place.lowerBound]) + "[\(names)" + value[close...]
            return entry
        }
        guard value.allSatisfy(\.isWhitespace) || value.hasPrefix("#") else {
            throw self.complaint(waiver, "its checks are written in another way than as a list")
        }
        let gone = waiver.checks.filter { !checks.contains($0) }
        var end = index + 1
        while end < entry.count, entry[end].drop(while: { $0 == " " }).hasPrefix("- ") { end += 1 }
        let kept = entry[(index + 1)..<end].filter { line in
            let name = line.drop { $0 == " " }.dropFirst(2).prefix { $0 != "#" }
                .trimmingCharacters(in: CharacterSet(charactersIn: " \"'"))
            return !gone.contains(name)
        }
        guard kept.count == checks.count else {
            throw self.complaint(waiver, "its checks are written in another way than as a list")
        }
        entry.replaceSubrange((index + 1)..<end, with: kept)
        return entry
    }

    /// Where the value of a key stands in a line of an entry, with what follows it; `nil` in other lines.
    private static func value(of key: String, in line: String) -> Range<String.Index>? {
        let rest = line.drop { $0 == " " || $0 == "-" }
        guard rest.hasPrefix("\(key):") else { return nil }
        let value = rest.dropFirst(key.count + 1).drop { $0 == " " }
        return value.startIndex..<line.endIndex
    }

    /// What stands behind a scalar of one line; `nil` of what is no such.
    private static func comment(behind value: Substring) -> String? {
        guard let first = value.first else { return nil }
        if first == "\"" || first == "'" {
            var isEscaped = false
            for index in value.indices.dropFirst() {
                if isEscaped {
                    isEscaped = false
                } else if value[index] == "\\", first == "\"" {
                    isEscaped = true
                } else if value[index] == first {
                    return String(value[value.index(after: index)...])
                }
            }
            return nil
        }
        guard !"&*|>{[!".contains(first) else { return nil }
        return value.firstRange(of: " #").map { String(value[$0.lowerBound...]) } ?? ""
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: Adding

    private func entry(_ addition: WaiverUpdate.Addition, reason: String?) -> [String] {
        let end = self.now.addingTimeInterval(Double(Self.days) * 86_400).formatted(.iso8601.year().month().day())
        let seen = addition.seen.split(separator: "\n").first.map(String.init) ?? ""
        let open =
            "\(WaiverUpdate.openReason) why does it fail? seen in \(addition.count == 1 ? "1 case" : "\(addition.count) cases"): \(seen)"
        return [
            "- cases: \(Self.quoted(addition.cases))",
            "  outcome: \(addition.outcome.rawValue)",
            "  checks: [\(addition.checks.joined(separator: ", "))]",
            "  reason: \(Self.quoted(reason ?? open))",
            "  expires: \(end)",
        ]
    }
}

import ConfigurationFiles

/// The lines of a file, changed by the places that a reader has given to what stands in them.
struct FileLines {
    private(set) var lines: [String]

    init(_ text: String) {
        // By scalars: a carriage return and a line feed are one character, and the return belongs to the line.
        self.lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }

    init(lines: [String]) { self.lines = lines }

    var text: String { self.lines.joined(separator: "\n") }

    private func index(of place: Place) -> Int? {
        place.line.flatMap { self.lines.indices.contains($0 - 1) ? $0 - 1 : nil }
    }

    /// What stands in front of a place on its line.
    func indentation(of place: Place) -> String {
        guard let index = self.index(of: place), let column = place.column else { return "" }
        return String(self.lines[index].unicodeScalars.prefix(column - 1))
    }

    mutating func insert(_ lines: [String], above place: Place) {
        self.lines.insert(contentsOf: lines, at: self.index(of: place) ?? 0)
    }

    mutating func insert(_ lines: [String], below place: Place) {
        self.lines.insert(contentsOf: lines, at: self.index(of: place).map { $0 + 1 } ?? self.lines.count)
    }

    /// Replaces what stands behind a key and its colon on the key's line, up to a comment.
    mutating func replaceScalar(behind place: Place, with text: String) {
        guard let index = self.index(of: place), let column = place.column else { return }
        self.replaceScalar(in: index, from: column - 1, with: text)
    }

    /// The same of the last line that has a key.
    mutating func replaceLastScalar(with text: String) {
        guard let index = self.lines.lastIndex(where: { $0.contains(":") && $0.first != "#" }) else { return }
        self.replaceScalar(in: index, from: 0, with: text)
    }

    private mutating func replaceScalar(in index: Int, from column: Int, with text: String) {
        let scalars = Array(self.lines[index].unicodeScalars)
        guard column < scalars.count, let colon = scalars[column...].firstIndex(of: ":") else { return }
        var start = colon + 1
        while start < scalars.count, scalars[start] == " " || scalars[start] == "\t" { start += 1 }
        let end = Self.end(of: scalars, from: start)
        var line = String.UnicodeScalarView(scalars[...colon])
        line += " ".unicodeScalars
        line += text.unicodeScalars
        if start == end, end < scalars.count, scalars[end] == "#" { line += " ".unicodeScalars }
        line += scalars[end...]
        self.lines[index] = String(line)
    }

    /// Where a scalar of one line ends (YAML 1.2.2 chapter 7.3).
    private static func end(of scalars: [Unicode.Scalar], from start: Int) -> Int {
        guard start < scalars.count else { return start }
        var index = start
        switch scalars[start] {
        case "\"":
            index += 1
            while index < scalars.count, scalars[index] != "\"" { index += scalars[index] == "\\" ? 2 : 1 }
            return min(index + 1, scalars.count)
        case "'":
            index += 1
            while index < scalars.count {
                guard scalars[index] == "'" else {
                    index += 1
                    continue
                }
                // Two of them are one in the text.
                guard index + 1 < scalars.count, scalars[index + 1] == "'" else { return index + 1 }
                index += 2
            }
            return scalars.count
        default:
            while index < scalars.count {
                let isComment = scalars[index] == "#" && (index == start || scalars[index - 1].properties.isWhitespace)
                guard !isComment else { break }
                index += 1
            }
            while index > start, scalars[index - 1].properties.isWhitespace { index -= 1 }
            return index
        }
    }

    /// What stands above everything, such as a comment about the file and a `---`.
    func lines(above place: Place?) -> [String] {
        guard let place, let index = self.index(of: place) else { return [] }
        return Array(self.lines[..<self.top(of: index, notAbove: 0)])
    }

    /// The lines of each entry, from the comments right above it to those of the next.
    func blocks(startingAt places: [Place]) -> [[String]] {
        var starts: [Int] = []
        for place in places {
            guard let index = self.index(of: place) else { continue }
            starts.append(self.top(of: index, notAbove: (starts.last ?? -1) + 1))
        }
        return starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] : self.lines.count
            return starts[index] <= end ? Array(self.lines[starts[index]..<end]) : []
        }
    }

    /// The first of the comments right above a line.
    private func top(of index: Int, notAbove limit: Int) -> Int {
        var top = index
        while top > limit, self.lines[top - 1].first == "#" { top -= 1 }
        return top
    }
}

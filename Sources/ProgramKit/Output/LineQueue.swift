/// Lines on their way to one output: in order, within a bound, and with an account of those that were lost.
///
/// Once a line does not fit, none is taken until half of what waits is written: so there is one gap, and one word about it,
/// where a reader that is a little too slow would else cause one after every other line.
struct LineQueue {
    /// A line with its line feed, which is made when its turn comes or was before.
    struct Line: Sendable {
        private enum Content: Sendable {
            case text([UInt8])
            case making(@Sendable () -> [UInt8])
        }

        /// What it counts for while it waits: its bytes, or about as many as what it is made of takes.
        let byteCount: Int
        private let content: Content

        init(_ text: [UInt8]) {
            self.byteCount = text.count
            self.content = .text(text)
        }

        init(about byteCount: Int, _ make: @escaping @Sendable () -> [UInt8]) {
            self.byteCount = byteCount
            self.content = .making(make)
        }

        /// Makes it anew each time.
        var text: [UInt8] {
            switch self.content {
            case .text(let text): text
            case .making(let make): make()
            }
        }
    }

    /// What the writer does next.
    enum Step {
        /// Writes whole lines, and says how that went: ``written(_:)`` or ``failed(_:)``.
        case write([Line])
        /// Says that so many lines are missing here, or ``lose(_:)`` where that cannot be said.
        case tell(lost: Int)
        /// Goes on in the file that has the output's name now.
        case reopen
        case wait
        case end
    }

    private enum Entry {
        case line(Line)
        case gap(Int)
        case reopening
        /// Its step has been taken.
        case done
    }

    /// At most as many bytes are written at once: PIPE_BUF of Linux, up to which POSIX lets no other writer's bytes in between.
    static let writeSize = 4096

    private let limit: Int
    /// Those before `first` are done, and thrown away many at once.
    private var entries: [Entry] = []
    private var first = 0
    /// What waits and what is being written.
    private(set) var lineCount = 0
    private var byteCount = 0
    private var isFull = false
    /// Since the last gap in `entries`.
    private var lost = 0
    private var isEnding = false
    private var hasToldLast = false

    /// - Parameter limit: bytes of lines.
    init(limit: Int) {
        self.limit = limit
    }

    // MARK: What comes

    /// `false` when it is lost.
    mutating func append(_ line: Line) -> Bool {
        guard !self.isEnding, !self.isFull, self.byteCount + line.byteCount <= self.limit else {
            // Where nothing waits nothing can make room: then it is this line alone that is too long.
            self.isFull = !self.isEnding && self.lineCount > 0
            self.lost += 1
            return false
        }
        self.markGap()
        self.entries.append(.line(line))
        self.lineCount += 1
        self.byteCount += line.byteCount
        return true
    }

    /// What has come so far goes to the file as it is, and what comes now into the one that has its name by then.
    mutating func reopen() {
        // Nothing came since it was asked for last.
        if self.first < self.entries.count, case .reopening = self.entries[self.entries.count - 1] { return }
        self.entries.append(.reopening)
    }

    /// Nothing comes any more.
    mutating func end() { self.isEnding = true }

    // MARK: What becomes of it

    mutating func next() -> Step {
        guard self.first < self.entries.count else { return self.nextOfNone() }
        switch self.entries[self.first] {
        case .line: return self.batch()
        case .gap(let count):
            self.advance()
            return .tell(lost: count)
        case .reopening:
            self.advance()
            return .reopen
        case .done: preconditionFailure("what is done stands before the first")
        }
    }

    private mutating func nextOfNone() -> Step {
        guard self.isEnding else { return .wait }
        guard self.lost > 0, !self.hasToldLast else { return .end }
        // If this is lost too there is nobody to tell.
        self.hasToldLast = true
        defer { self.lost = 0 }
        return .tell(lost: self.lost)
    }

    private mutating func batch() -> Step {
        var lines: [Line] = []
        var byteCount = 0
        while self.first < self.entries.count, case .line(let line) = self.entries[self.first],
            lines.isEmpty || byteCount + line.byteCount <= Self.writeSize
        {
            byteCount += line.byteCount
            lines.append(line)
            self.advance()
        }
        return .write(lines)
    }

    private mutating func advance() {
        self.entries[self.first] = .done
        self.first += 1
        // Each entry is moved once at most, on average.
        if self.first == self.entries.count || self.first >= 1024 && self.first * 2 >= self.entries.count {
            self.entries.removeFirst(self.first)
            self.first = 0
        }
    }

    mutating func written(_ lines: some Collection<Line>) {
        self.leave(lines)
        guard self.isFull, self.byteCount <= self.limit / 2 else { return }
        self.isFull = false
        self.markGap()
    }

    /// Of a gap that failed writing left nothing is told before the next line: the output would fail again, and again.
    mutating func failed(_ lines: some Collection<Line>) {
        self.leave(lines)
        self.lost += lines.count
        if self.byteCount <= self.limit / 2 { self.isFull = false }
    }

    private mutating func leave(_ lines: some Collection<Line>) {
        self.lineCount -= lines.count
        for line in lines { self.byteCount -= line.byteCount }
    }

    /// Lines of which it could not be told that they are lost.
    mutating func lose(_ lines: Int) { self.lost += lines }

    private mutating func markGap() {
        guard self.lost > 0 else { return }
        self.entries.append(.gap(self.lost))
        self.lost = 0
    }
}

/// A day of the proleptic Gregorian calendar: `2027-03-31`.
package struct CalendarDate: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// `nil` for a text that is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(day) else { return nil }
        self.description = text
    }

    /// Its first moment in UTC, as RFC 3339 has it.
    package var start: String { "\(self)T00:00:00Z" }
}

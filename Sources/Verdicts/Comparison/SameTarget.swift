/// Whether one run can be measured by another: of what failed at another edge nothing follows.
extension RunReport.TargetIdentity {
    /// Versions may differ, since that is what people compare. An edge that was checked from outside is the same where it has the
    /// same address and was asked for the same names.
    package func isSame(as other: Self) -> Bool {
        self.name == other.name && self.askedAs == other.askedAs && (self.askedAs == nil || self.title == other.title)
    }

    /// As a sentence names it: `HAProxy (haproxy)`, or `192.0.2.7:443, checked as app.example.com`.
    package var call: String {
        guard let names = self.askedAs else { return "\(self.title) (\(self.name))" }
        return "\(self.title), checked as \(names.joined(separator: " and "))"
    }
}

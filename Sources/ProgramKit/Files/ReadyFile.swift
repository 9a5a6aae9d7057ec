package import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The file by which a program tells whoever started it that it is ready, and what it chose: a JSON object and a line feed.
package struct ReadyFile: Hashable, Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Replaces the file in one step, so that a reader sees all of it or nothing.
    package func write(_ value: JSONValue) throws(Complaint) {
        do {
            try Data(value.encoded + [0x0a]).write(to: URL(filePath: self.path), options: .atomic)
        } catch {
            throw Complaint(
                "cannot write the ready file \(self.path): \(Reason.text(of: error))",
                hint: "check that its folder exists and that this user may write there"
            )
        }
    }

    /// What stands in it; `nil` while it is not there, or not whole: not every program puts it in place in one step.
    package func read() throws(Complaint) -> JSONValue? {
        guard FileManager.default.fileExists(atPath: self.path) else { return nil }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: self.path))
        } catch {
            throw Complaint("cannot read the ready file \(self.path): \(Reason.text(of: error))")
        }
        if let value = try? JSONValue(reading: Array(data)), case .object = value { return value }
        guard data.last == UInt8(ascii: "\n") else { return nil }
        throw Complaint("the ready file \(self.path) does not hold a JSON object")
    }
}

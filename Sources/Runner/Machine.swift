internal import Foundation
internal import Glibc

/// What a run is made on, for those who compare it with another: never the machine's name.
enum Machine {
    /// `Debian GNU/Linux 12 (bookworm), Linux 6.8.0, x86_64, 2 processors`
    static var description: String {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let names = [Self.system].compactMap(\.self) + Self.kernel + ["\(count) processor\(count == 1 ? "" : "s")"]
        return names.joined(separator: ", ")
    }

    /// What the distribution calls itself (os-release(5)); `nil` where nobody says.
    private static var system: String? {
        let lines = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8))?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("PRETTY_NAME=") }) else { return nil }
        return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
    }

    /// The kernel with its release, and the processor.
    private static var kernel: [String] {
        var names = utsname()
        guard unsafe uname(&names) == 0 else { return [] }
        return ["\(Self.text(names.sysname)) \(Self.text(names.release))", Self.text(names.machine)]
    }

    /// Of the C library's arrays of characters, which end with a zero.
    private static func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

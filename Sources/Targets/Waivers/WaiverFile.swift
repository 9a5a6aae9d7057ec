internal import ConfigurationFiles
package import Foundation
package import Verdicts

extension Waivers {
    /// Reads a waiver file; there are no waivers where there is no file.
    ///
    /// - Parameters:
    ///   - version: The target's, as ``TargetDefinition/identity`` has it; waivers for others are left out.
    ///   - now: A waiver that is expired at this moment is an error, so that nobody forgets it.
    package static func load(_ file: URL, version: String, now: Date = Date()) throws -> Waivers {
        guard FileManager.default.fileExists(atPath: file.path) else { return .none }
        return try Self.read(
            YAMLValue.contents(of: file.path, name: WaiverFile.name(of: file)),
            version: version,
            now: now
        )
    }

    /// - Parameter takesOpenReasons: also where nobody has said yet why it fails, as in a file that is just being written.
    static func read(
        _ file: YAMLValue,
        version: String,
        now: Date,
        takesOpenReasons: Bool = false
    ) throws(ConfigurationError) -> Waivers {
        var entries: [Waiver] = []
        for entry in try file.list() {
            let waiver = try WaiverFile.waiver(in: entry, now: now, takesOpenReasons: takesOpenReasons)
            if waiver.versions?.contains(version) ?? true { entries.append(waiver) }
        }
        return Waivers(entries: entries)
    }
}

/// The grammar of waivers.yaml: a list.
enum WaiverFile {
    /// As messages call a file: `haproxy/waivers.yaml`.
    static func name(of file: URL) -> String {
        "\(file.deletingLastPathComponent().lastPathComponent)/\(file.lastPathComponent)"
    }

    static func waiver(
        in entry: YAMLValue,
        now: Date,
        takesOpenReasons: Bool = false
    ) throws(ConfigurationError) -> Waiver {
        let mapping = try entry.mapping(
            "cases",
            "outcome",
            "checks",
            "flaky",
            "reason",
            "link",
            "expires",
            "versions"
        )
        let expires = try mapping.required("expires")
        let waiver = Waiver(
            cases: try mapping.required("cases").string(),
            outcome: try Self.outcome(mapping.required("outcome")),
            checks: try Self.checks(mapping.required("checks")),
            isFlaky: try mapping["flaky"]?.boolean() ?? false,
            reason: try Self.reason(mapping.required("reason"), takesOpenReasons: takesOpenReasons),
            link: try mapping["link"]?.string(),
            expires: try Self.day(expires),
            versions: try Self.versions(mapping["versions"]),
            location: entry.place.fileAndLine
        )
        // Days of this form sort as they follow each other.
        guard now.formatted(.iso8601.year().month().day()) < waiver.expires else {
            throw expires.problem(
                "the waiver of '\(waiver.cases.pattern)' expired on \(waiver.expires): see whether it still fails, then remove "
                    + "it or give it a new date"
            )
        }
        return waiver
    }

    private static func reason(
        _ value: YAMLValue,
        takesOpenReasons: Bool
    ) throws(ConfigurationError) -> String {
        let text = try value.string()
        if takesOpenReasons { return text }
        guard text.contains(where: { !$0.isWhitespace }), !text.hasPrefix(WaiverUpdate.openReason) else {
            throw value.problem(
                "the reason of this waiver is still to be given",
                hint:
                    "say in a sentence that somebody else understands why it fails; what nobody can explain is not to be waived"
            )
        }
        return text
    }

    private static func outcome(_ value: YAMLValue) throws(ConfigurationError) -> Outcome {
        let outcome: Outcome = try value.choice()
        guard outcome == .fail || outcome == .hang else {
            throw value.problem("'outcome' must be fail or hang, and is '\(outcome.rawValue)'")
        }
        return outcome
    }

    private static func checks(_ value: YAMLValue) throws(ConfigurationError) -> [String] {
        var names: [String] = []
        for entry in try value.list() {
            let name = try entry.string()
            guard CheckResult.names.contains(name) else {
                // An invariant goes by its name in scenarios, and as a check by what may not be.
                let invariant = CheckResult.names.first { $0 == "never \(name)" }
                let suggestion = Suggestion.clause(for: invariant ?? name, among: CheckResult.names)
                throw entry.problem(
                    "there is no check '\(name)'\(suggestion)",
                    hint: suggestion.isEmpty ? "the checks are \(CheckResult.names.joined(separator: ", "))" : nil
                )
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            throw value.problem("'checks' names none, so the waiver would cover nothing")
        }
        return names
    }

    private static func day(_ value: YAMLValue) throws(ConfigurationError) -> String {
        let text = try value.string()
        guard let day = try? Date(text, strategy: .iso8601.year().month().day()),
            day.formatted(.iso8601.year().month().day()) == text
        else { throw value.problem("'\(text)' is not a day, such as 2027-06-30") }
        return text
    }

    static func versions(_ value: YAMLValue?) throws(ConfigurationError) -> VersionRange? {
        guard let value else { return nil }
        let text = try value.string()
        guard let range = VersionRange(text) else {
            throw value.problem("'\(text)' is not a range of versions, such as '>=2.6 <2.8'")
        }
        return range
    }
}

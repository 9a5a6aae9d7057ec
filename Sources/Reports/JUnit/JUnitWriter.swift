import ScenarioModel
package import Verdicts

/// JUnit XML, in the forms that its readers disagree about.
package enum JUnitWriter {
    package enum Dialect: String, CaseIterable, Sendable {
        /// What Jenkins' xUnit plugin validates (junit-10.xsd); GitLab and the GitHub actions read it too.
        case jenkins
        /// What Apache Ant's schema wants: every attribute required, output per suite.
        case ant
        /// With the properties, places and counts that newer readers show.
        case modern
        /// What GitLab shows of merge requests: as for Jenkins, and the file of each case.
        case gitlab
        /// What Maven Surefire writes (surefire-test-report-3.0.xsd): one suite, and nothing around it.
        case surefire

        /// Whether each case says where it is written down.
        var hasPlaces: Bool { self == .modern || self == .gitlab }
    }

    package static func render(_ report: RunReport, dialect: Dialect = .jenkins) -> String {
        let digest = RunDigest(report)
        let suites = JUnitSuite.all(digest)
        var xml = XMLText()
        if dialect == .surefire {
            Self.writeSurefire(suites, digest, to: &xml)
            return xml.text
        }
        xml.start("testsuites", Self.rootAttributes(digest, suites, dialect))
        for (index, suite) in suites.enumerated() {
            xml.start("testsuite", Self.attributes(suite, index: index, digest: digest, dialect))
            Self.writeProperties(digest, to: &xml)
            for testCase in suite.cases { Self.write(testCase, of: suite, dialect, to: &xml) }
            if dialect == .ant {
                xml.element("system-out", text: Self.output(suite))
                xml.empty("system-err")
            }
            xml.end()
        }
        xml.end()
        return xml.text
    }

    private static func writeSurefire(_ suites: [JUnitSuite], _ digest: RunDigest, to xml: inout XMLText) {
        xml.start(
            "testsuite",
            [
                ("name", "shakedown.\(digest.report.target.name)"),
                ("time", Self.seconds(suites.reduce(0) { $0 + $1.seconds })),
                ("tests", String(suites.reduce(0) { $0 + $1.cases.count })),
                ("errors", String(suites.reduce(0) { $0 + $1.errors })),
                ("skipped", String(suites.reduce(0) { $0 + $1.skipped })),
                ("failures", String(suites.reduce(0) { $0 + $1.failures })),
            ]
        )
        Self.writeProperties(digest, to: &xml)
        for suite in suites {
            for testCase in suite.cases { Self.write(testCase, of: suite, .surefire, to: &xml) }
        }
        xml.end()
    }

    private static func seconds(_ value: Double) -> String { NumberText.fixed(value, digits: 3) }

    private static func rootAttributes(
        _ digest: RunDigest,
        _ suites: [JUnitSuite],
        _ dialect: Dialect
    ) -> XMLText.Attributes {
        if dialect == .ant { return [] }
        var attributes: XMLText.Attributes = [
            ("name", "shakedown"),
            ("tests", String(suites.reduce(0) { $0 + $1.cases.count })),
            ("failures", String(suites.reduce(0) { $0 + $1.failures })),
            ("errors", String(suites.reduce(0) { $0 + $1.errors })),
            ("time", Self.seconds(suites.reduce(0) { $0 + $1.seconds })),
        ]
        if dialect == .modern {
            attributes += [
                ("skipped", String(suites.reduce(0) { $0 + $1.skipped })),
                ("assertions", String(suites.reduce(0) { $0 + $1.assertions })),
                ("timestamp", Timestamp(digest.report.startedAt).withoutZone),
            ]
        }
        return attributes
    }

    private static func attributes(
        _ suite: JUnitSuite,
        index: Int,
        digest: RunDigest,
        _ dialect: Dialect
    ) -> XMLText.Attributes {
        var attributes: XMLText.Attributes = [
            ("name", suite.name),
            ("tests", String(suite.cases.count)),
            ("failures", String(suite.failures)),
            ("errors", String(suite.errors)),
            ("skipped", String(suite.skipped)),
            ("time", Self.seconds(suite.seconds)),
            ("timestamp", Timestamp(digest.report.startedAt).withoutZone),
            // Not this machine's name, so that the same run gives the same file everywhere.
            ("hostname", "localhost"),
        ]
        switch dialect {
        case .jenkins, .gitlab, .surefire: break
        case .ant: attributes += [("package", suite.className), ("id", String(index))]
        case .modern: attributes.append(("assertions", String(suite.assertions)))
        }
        return attributes
    }

    private static func writeProperties(_ digest: RunDigest, to xml: inout XMLText) {
        let report = digest.report
        var properties = [
            ("target", report.target.title),
            ("target.version", report.target.version),
            ("tool.version", report.tool.version),
            ("engines", report.tool.engines.joined(separator: ", ")),
            ("fail.must", String(digest.count(.fail))),
            ("fail.should", String(digest.count(.failShould))),
            ("seed", report.seed),
            ("command", report.command),
        ]
        if let profile = report.target.profile { properties.append(("profile", profile.rawValue)) }
        if report.isInterrupted { properties.append(("interrupted", "true")) }
        xml.start("properties")
        for (name, value) in properties { xml.empty("property", [("name", name), ("value", value)]) }
        xml.end()
    }

    private static func write(
        _ testCase: JUnitSuite.Case,
        of suite: JUnitSuite,
        _ dialect: Dialect,
        to xml: inout XMLText
    ) {
        var attributes: XMLText.Attributes = [
            ("name", testCase.name), ("classname", suite.className), ("time", Self.seconds(testCase.seconds)),
        ]
        if dialect == .modern { attributes.append(("assertions", String(testCase.assertions))) }
        if dialect.hasPlaces, !testCase.file.isEmpty {
            attributes.append(("file", testCase.file))
            if dialect == .modern { attributes.append(("line", String(testCase.line))) }
        }
        xml.start("testcase", attributes)
        if dialect == .modern, !testCase.properties.isEmpty {
            xml.start("properties")
            for (name, value) in testCase.properties { xml.empty("property", [("name", name), ("value", value)]) }
            xml.end()
        }
        switch testCase.status {
        case .passed: break
        case .skipped(let message): xml.empty("skipped", [("message", message)])
        case .failed(let type, let message, let body):
            xml.element("failure", [("type", type), ("message", message)], text: body)
        case .errored(let type, let message, let body):
            xml.element("error", [("type", type), ("message", message)], text: body)
        }
        if dialect != .ant, !testCase.output.isEmpty { xml.element("system-out", text: testCase.output) }
        xml.end()
    }

    private static func output(_ suite: JUnitSuite) -> String {
        let blocks = suite.cases.filter { !$0.output.isEmpty }.map { "\($0.name)\n\($0.output)" }
        return SafeText.shortened(blocks.joined(separator: "\n\n"), to: 1_000_000)
    }
}

import ArgumentParser
import Reports

/// The flag for the readers of `junit.xml`.
struct JUnitOptions: ParsableArguments {
    @Option(
        name: .customLong("junit-dialect"),
        help: "The JUnit dialect: \(JUnitWriter.Dialect.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var dialect: JUnitWriter.Dialect = .jenkins
}

extension JUnitWriter.Dialect: ExpressibleByArgument {}

import ScenarioModel
import Verdicts

extension Outcome {
    /// What people read: `lenient pass`.
    var label: String {
        switch self {
        case .pass: "pass"
        case .passLenient: "lenient pass"
        case .informational: "informational"
        case .fail: "fail (MUST)"
        case .failShould: "fail (SHOULD)"
        case .expectedFail: "expected fail"
        case .unexpectedPass: "unexpected pass"
        case .unsupported: "unsupported"
        case .skipped: "skipped"
        case .error: "harness error"
        case .hang: "hang"
        case .flaky: "flaky"
        }
    }

    /// A heading for one column of a narrow table.
    var shortLabel: String {
        switch self {
        case .pass: "pass"
        case .passLenient: "lenient"
        case .informational: "info"
        case .fail: "FAIL"
        case .failShould: "SHOULD"
        case .expectedFail: "xfail"
        case .unexpectedPass: "XPASS"
        case .unsupported: "unsup"
        case .skipped: "SKIP"
        case .error: "ERROR"
        case .hang: "HANG"
        case .flaky: "FLAKY"
        }
    }
}

extension Invariant {
    /// In the order in which reports list them.
    static let all: [Invariant] = [
        .otherContacted, .anyContacted, .upstreamGotData, .clientCertificateSkipped, .plaintextReply,
    ]

    /// The name as JUnit types and JSON carry it.
    var name: String {
        switch self {
        case .otherContacted: "other-contacted"
        case .anyContacted: "any-contacted"
        case .upstreamGotData: "upstream-got-data"
        case .clientCertificateSkipped: "client-certificate-skipped"
        case .plaintextReply: "plaintext-reply"
        }
    }

    /// What happened, as an operator must understand it.
    var meaning: String {
        switch self {
        case .otherContacted: "an upstream other than the expected one got bytes of the client"
        case .anyContacted: "an upstream got bytes of a client that had to be refused"
        case .upstreamGotData: "an upstream got application data that it was not meant for"
        case .clientCertificateSkipped: "a client without an acceptable certificate got through"
        case .plaintextReply: "the target answered with something that is not TLS"
        }
    }
}

extension Rule {
    /// `RFC 9846 § 5.1 MUST`.
    var citation: String {
        let place = self.section.isEmpty ? "\(self.document)" : "\(self.document) § \(self.section)"
        return "\(place) \(self.level.rawValue.uppercased())"
    }

    /// Where the sentence can be read, for the documents whose address is known.
    var url: String? {
        switch self.document {
        case .rfc(let number):
            let page = "https://www.rfc-editor.org/rfc/rfc\(number)"
            let isPlain = self.section.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
            guard let first = self.section.first, isPlain else { return page }
            return page + (first.isLetter ? "#appendix-" : "#section-") + self.section
        case .proxyProtocol: return "https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt"
        case .declaredFeatures, .ngrokTLSEndpoints, .house: return nil
        }
    }
}

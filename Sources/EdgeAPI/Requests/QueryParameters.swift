import EdgeControl
import HTTPServing

/// The part of a request's address behind the question mark.
struct QueryParameters: Sendable {
    private let values: [String: String]

    static let none = QueryParameters(values: [:])

    private init(values: [String: String]) {
        self.values = values
    }

    subscript(name: String) -> String? { self.values[name] }

    /// - Throws: ERR_NGROK_230 for what cannot be read, 231 for a parameter that is not `supported` and 232 for one that is
    ///   given twice.
    init(_ text: String?, supported: [String]) throws(ControlError) {
        var values: [String: String] = [:]
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoded(parts[0], isForm: true),
                let value = PercentEncoding.decoded(parts.count > 1 ? parts[1] : "", isForm: true)
            else { throw ControlError(code: 230, "The query of the address cannot be read.") }
            guard supported.contains(name) else {
                let list = supported.isEmpty ? "none" : supported.joined(separator: ", ")
                throw ControlError(
                    code: 231,
                    "The query has the unknown parameter '\(name)'. Supported: \(list).",
                    field: name
                )
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ControlError(code: 232, "The query has the parameter '\(name)' twice.", field: name)
            }
        }
        self.values = values
    }
}

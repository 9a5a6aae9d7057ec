import JSONText

/// How the page's script gets its values.
extension JSONValue {
    static func integer(of value: Int) -> JSONValue { .integer(Int64(value)) }

    static func integers(_ values: [Int]) -> JSONValue { .array(values.map { .integer(of: $0) }) }

    /// Safe inside a `<script>` element: nothing in it can end the element or open another.
    var script: [UInt8] { self.encoded(escaping: .script) }
}

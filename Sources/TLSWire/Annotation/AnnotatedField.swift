/// One field of a hello, for people to read beside its bytes.
package struct AnnotatedField: Hashable, Sendable {
    /// The RFC's name, such as `legacy_session_id`; or `malformed: …` where the reading ended.
    package var name: String
    /// Where it is in the stream. A field that goes on in the next record includes that record's header.
    package var range: Range<Int>
    /// What it says, in words or hexadecimal; long values are cut short.
    package var value: String
    /// 0 for a record, 1 for a handshake message, and so on inwards.
    package var depth: Int
    package init(name: String, range: Range<Int>, value: String, depth: Int) {
        self.name = name
        self.range = range
        self.value = value
        self.depth = depth
    }
}

/// What every object has for people and programs that keep it, and how long that may be.
enum Annotations {
    /// ngrok's limits, in bytes of UTF-8.
    private static let descriptionLimit = 255
    private static let metadataLimit = 4096

    /// - Parameter codes: ngrok's numbers, which are other ones for each kind of object.
    static func check(
        _ description: String,
        _ metadata: String,
        codes: (description: Int, metadata: Int)
    ) throws(ControlError) {
        try Self.check(description, "description", limit: Self.descriptionLimit, code: codes.description)
        try Self.check(metadata, "metadata", limit: Self.metadataLimit, code: codes.metadata)
    }

    private static func check(_ text: String, _ field: String, limit: Int, code: Int) throws(ControlError) {
        let count = text.utf8.count
        guard count > limit else { return }
        throw ControlError(code: code, "The \(field) has \(count) bytes, and may have \(limit).", field: field)
    }
}

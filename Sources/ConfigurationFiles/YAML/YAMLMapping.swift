/// A mapping whose keys have been checked.
package struct YAMLMapping {
    let values: [String: YAMLValue]
    /// The mapping itself, for problems that concern all of it.
    package let whole: YAMLValue

    package subscript(key: String) -> YAMLValue? { self.values[key] }

    /// - Parameter hint: What to write where the key is missing.
    package func required(_ key: String, hint: String? = nil) throws(ConfigurationError) -> YAMLValue {
        guard let value = self.values[key] else { throw self.problem(key, "is missing", hint: hint) }
        return value
    }

    /// `'accounts[0].id' must …`, at the key's value, or at the mapping where the key is absent.
    package func problem(_ key: String, _ message: String, hint: String? = nil) -> ConfigurationError {
        let path = self.whole.path.isEmpty ? key : "\(self.whole.path).\(key)"
        return (self.values[key] ?? self.whole).problem("'\(path)' \(message)", hint: hint)
    }
}

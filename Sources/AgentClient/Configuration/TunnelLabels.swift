package import ConfigurationFiles

/// What a tunnel without a name of its own is known by: a TLS edge gives its connections to the tunnels that have the labels
/// it asks for.
package struct TunnelLabels: Hashable, Sendable {
    package private(set) var values: [String: String] = [:]

    package init() {}

    package var isEmpty: Bool { self.values.isEmpty }

    /// Adds one that is written as `team=web`. A value may have further equals signs.
    package mutating func add(_ text: String) throws(ConfigurationError) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, text.first != "=" else {
            throw ConfigurationError("'\(text)' is no label", hint: "write key=value, such as team=web")
        }
        let (key, value) = (String(parts[0]), String(parts[1]))
        guard self.values[key] == nil else {
            throw ConfigurationError("the label '\(key)' stands twice", hint: "give each key one value")
        }
        self.values[key] = value
    }
}

extension TunnelLabels: CustomStringConvertible {
    /// As they are written, in order: `region=eu,team=web`.
    package var description: String {
        self.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

internal import ConfigurationFiles

/// Where a target has its API, and what every request says of who sends it.
struct APIPlan: Hashable, Sendable {
    /// A template; paths follow it.
    var url: String
    /// A template each.
    var headers: [String: String]
}

extension APIPlan {
    init(_ value: YAMLValue) throws(ConfigurationError) {
        let mapping = try value.mapping("url", "headers")
        let url = try mapping.required("url")
        self.url = try url.string()
        guard self.url.hasPrefix("http://"), !self.url.hasSuffix("/") else {
            throw url.problem("'\(self.url)' must be a URL such as http://{{ready.edge.api}}, without a '/' at its end")
        }
        self.headers = [:]
        for (key, value) in try mapping["headers"]?.entries() ?? [] {
            self.headers[try key.string()] = try value.text()
        }
    }
}

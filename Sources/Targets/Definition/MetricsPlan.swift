internal import ConfigurationFiles
internal import ScenarioModel

/// Where a target tells what it counts, as Prometheus text, and what it calls it.
struct MetricsPlan: Hashable, Sendable {
    /// A template.
    var url: String
    /// Several series of one counter are added up.
    var counters: [TargetCounter: [Series]]

    /// All series of a name that have these labels, whatever others they have.
    struct Series: Hashable, Sendable {
        var name: String
        var labels: [String: String]
    }
}

extension MetricsPlan {
    init(_ value: YAMLValue) throws(ConfigurationError) {
        let mapping = try value.mapping("url", "counters")
        let url = try mapping.required("url")
        self.url = try url.string()
        guard self.url.hasPrefix("http://"), self.url.dropFirst(7).contains("/") else {
            throw url.problem("'\(self.url)' must be a URL such as http://127.0.0.1:{{ports.metrics}}/metrics")
        }
        self.counters = [:]
        for (key, value) in try mapping.required("counters").entries() {
            var series: [Series] = []
            for entry in try value.entriesOrOne() {
                series.append(
                    try entry.parsed(as: "a name of Prometheus text such as requests_total{code=\"200\"}") { text in
                        PrometheusSample(line: Substring(text + " 0")).map { Series(name: $0.name, labels: $0.labels) }
                    }
                )
            }
            let counter: TargetCounter = try key.choice()
            self.counters[counter] = series
        }
    }
}

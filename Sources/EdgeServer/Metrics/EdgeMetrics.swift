import CoreMetrics
import EdgeCore
import PrometheusMetrics

/// The edge's counters and gauges, as handles that are made once: what counts a connection works on no text and takes no
/// lock, unless its handshake fails. Docs/edge-metrics.md lists the names: people build on them.
struct EdgeMetrics: Sendable {
    let connectionsEnded: ConnectionCounters
    let connectionsAccepted: Counter
    let connectionsActive: Meter
    let handshakeFailures: BoundedCounters
    let handshakes: Counter
    let hellos: Counter
    let bytesIn: Counter
    let bytesOut: Counter
    let alertsSent: AlertCounters
    let agentSessions: Meter
    let agentAuthFailures: BoundedCounters
    let endpoints: Meter
    let tunnels: Meter
    private let limitsMet: CounterSet<LimitMet>
    let bindsRefused: BoundedCounters
    let events: EventCounters
    let logLinesDropped: Counter
    private let store = PrometheusMetrics()

    /// In the order in which the text has them.
    init() {
        let store = self.store
        func counters(_ name: String, _ help: String) -> CounterFamily { CounterFamily(name, help, in: store) }
        func counter(_ name: String, _ help: String) -> Counter { counters(name, help).counter() }
        func gauge(_ name: String, _ help: String) -> Meter {
            let family = MetricFamily(CounterFamily.prefix + name, .gauge, help: help)
            store.declare(family)
            return Meter(label: family.name, factory: store)
        }

        self.connectionsEnded = ConnectionCounters(
            counters("connections_total", "Client connections that ended, by outcome and reason.")
        )
        self.connectionsAccepted = counter("connections_accepted_total", "Client connections accepted.")
        self.connectionsActive = gauge("connections_active", "Client connections open now.")
        self.handshakeFailures = BoundedCounters(
            of: counters("handshake_failures_total", "TLS handshakes that failed here, by reason."),
            by: "reason"
        )
        self.handshakes = counter("handshakes_total", "TLS handshakes completed here.")
        self.hellos = counter("hellos_total", "ClientHellos that found an endpoint.")
        self.bytesIn = counter("bytes_in_total", "Application-stream bytes from clients.")
        self.bytesOut = counter("bytes_out_total", "Application-stream bytes to clients.")
        self.alertsSent = AlertCounters(
            counters("alerts_sent_total", "Alerts that the router itself sent, by description.")
        )
        self.agentSessions = gauge("agent_sessions", "Agent sessions online.")
        self.agentAuthFailures = BoundedCounters(
            of: counters("agent_auth_failures_total", "Agent sessions refused, by error code."),
            by: "code"
        )
        self.endpoints = gauge("endpoints", "Endpoints online.")
        self.tunnels = gauge("tunnels", "Labelled tunnels started.")
        let limitsMet = counters("limits_met_total", "Times that somebody was turned away by a limit.")
        self.limitsMet = CounterSet { limitsMet.counter([("limit", $0.label)]) }
        self.bindsRefused = BoundedCounters(
            of: counters("binds_refused_total", "Binds refused, by error code."),
            by: "code"
        )
        self.events = EventCounters(
            delivered: counters("events_delivered_total", "Events delivered, by the destination's kind."),
            dropped: counters("events_dropped_total", "Events lost, by the destination's kind and the reason."),
            retried: counters("events_retried_total", "Events sent again, by the destination's kind.")
        )
        self.logLinesDropped = counter("log_lines_dropped_total", "Log lines that could not be written.")
    }

    func met(_ limit: LimitMet) { self.limitsMet[limit].increment() }

    /// Prometheus text format 0.0.4.
    var text: String { self.store.text }
}

extension CheckResult {
    /// What every check is called, as reports print it and waivers name it.
    package static let names = [
        "route", "dialled", "handshake", "exchange", "terminated-by", "exporter", "certificate", "certificate chain",
        "version",
        "resumption", "session", "early-data", "retry-request",
        "alpn", "bytes", "alert", "ending", "upstream-ending", "within", "first-byte-within", "handshake-within",
        "proxy", "proxy source", "proxy destination",
        "proxy segment",
        "proxy once", "proxy authority", "event", "event ip_policy", "event traffic_policy", "event server_name",
        "event addresses",
        "event times", "event bytes", "upstream-server-name", "upstream-client-certificate", "never other-contacted",
        "never any-contacted",
        "never upstream-got-data", "never client-certificate-skipped", "never plaintext-reply", "say", "hear", "end",
        "reset", "counter", "spread", "api status", "api field", "told", "told field",
    ]
}

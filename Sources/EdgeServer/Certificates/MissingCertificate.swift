import EdgeCore
import Logging

/// An endpoint whose TLS the edge ends without a certificate for it: its clients get alert 112 (`unrecognized_name`).
///
/// It comes online all the same, since a certificate may come later; but its owner is told, and the edge's too.
struct MissingCertificate {
    let name: DomainName

    /// What the owner reads.
    var warning: String {
        "the edge has no certificate for '\(self.name)', so that clients are refused (alert 112, unrecognized_name); "
            + "start the agent with --crt and --key, or add one to 'certificates' of the edge's configuration"
    }

    func report(to logger: Logger) {
        logger.warning(
            "no certificate for the endpoint",
            metadata: [
                "endpoint.name": "\(self.name)",
                "hint":
                    "clients get alert 112; add one to 'certificates' and reload, or give the agent --crt and --key",
            ]
        )
    }
}

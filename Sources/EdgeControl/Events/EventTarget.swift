import EdgeCore
import Foundation

/// Where events are sent: just one of these.
package struct EventTarget: Hashable, Codable, Sendable {
    package var webhook: Webhook?
    package var datadog: Datadog?
    package var firehose: Elsewhere?
    package var kinesis: Elsewhere?
    package var cloudwatchLogs: Elsewhere?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case webhook, datadog, firehose, kinesis
        case cloudwatchLogs = "cloudwatch_logs"
    }

    package static var shape: FieldShape {
        FieldShape(
            CodingKeys.self,
            nested: [
                .webhook: FieldShape(
                    Webhook.CodingKeys.self,
                    nested: [.header: FieldShape(Webhook.Header.CodingKeys.self)]
                ),
                .datadog: FieldShape(Datadog.CodingKeys.self),
            ]
        )
    }

    /// Any web server. ngrok has no such target.
    package struct Webhook: Hashable, Codable, Sendable {
        package var url: String
        /// `nil` once it is kept: then it is the destination's ``EventDestination/secretKey``.
        package var bearerToken: String?
        package var header: Header?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case url, header
            case bearerToken = "bearer_token"
        }

        /// For services that ask for another header than Authorization.
        package struct Header: Hashable, Codable, Sendable {
            package var name: String
            /// `nil` once it is kept, as ``Webhook/bearerToken``.
            package var value: String?

            package enum CodingKeys: String, CodingKey, CaseIterable {
                case name, value
            }
        }
    }

    package struct Datadog: Hashable, Codable, Sendable {
        /// `nil` once it is kept, as ``Webhook/bearerToken``.
        package var apiKey: String?
        package var tags: String?
        package var service: String?
        package var site: String?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case apiKey = "api_key"
            case tags = "ddtags"
            case service
            case site = "ddsite"
        }
    }

    /// A service of AWS, to which ngrok delivers and this edge does not: what was asked of it is not looked into.
    package struct Elsewhere: Hashable, Codable, Sendable {}
}

extension EventTarget {
    /// Which of them it is.
    var fields: [CodingKeys] {
        CodingKeys.allCases.filter {
            switch $0 {
            case .webhook: self.webhook != nil
            case .datadog: self.datadog != nil
            case .firehose: self.firehose != nil
            case .kinesis: self.kinesis != nil
            case .cloudwatchLogs: self.cloudwatchLogs != nil
            }
        }
    }

    /// Takes out what must not be shown again; `nil` where there is nothing of the kind.
    mutating func takeSecret() -> String? {
        defer {
            self.webhook?.bearerToken = nil
            self.webhook?.header?.value = nil
            self.datadog?.apiKey = nil
        }
        return self.webhook?.bearerToken ?? self.webhook?.header?.value ?? self.datadog?.apiKey
    }

    /// Whom the secret is for: a secret that was given for one is not sent to another.
    var recipient: [String?] {
        [self.webhook?.url, self.webhook?.header?.name, self.datadog.map { $0.site ?? Datadog.usualSite }]
    }
}

extension EventTarget.Datadog {
    static let usualSite = "datadoghq.com"

    /// Where Datadog takes logs, as its documentation of the API has it (Logs, "Send logs"): what is said of all events of a
    /// request stands in the query. `nil` where the site is no name.
    var url: String? {
        guard let name = try? DomainName(self.site ?? Self.usualSite), !name.isWildcard else { return nil }
        let query = [("service", self.service), ("ddtags", self.tags)].compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: Self.unreserved).map { "\(name)=\($0)" }
        }
        return "https://http-intake.logs.\(name)/api/v2/logs"
            + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// RFC 3986 section 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )
}

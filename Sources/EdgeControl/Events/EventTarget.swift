/// Where events are sent: just one of these.
package struct EventTarget: Hashable, Codable, Sendable {
    package var firehose: Firehose?
    package var kinesis: Kinesis?
    package var cloudwatchLogs: CloudwatchLogs?
    package var datadog: Datadog?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case firehose, kinesis, datadog
        case cloudwatchLogs = "cloudwatch_logs"
    }

    package static var shape: FieldShape {
        FieldShape(
            CodingKeys.self,
            nested: [
                .firehose: FieldShape(Firehose.CodingKeys.self, nested: [.auth: AWSAuth.shape]),
                .kinesis: FieldShape(Kinesis.CodingKeys.self, nested: [.auth: AWSAuth.shape]),
                .cloudwatchLogs: FieldShape(CloudwatchLogs.CodingKeys.self, nested: [.auth: AWSAuth.shape]),
                .datadog: FieldShape(Datadog.CodingKeys.self),
            ]
        )
    }

    package struct Firehose: Hashable, Codable, Sendable {
        package var auth: AWSAuth
        package var deliveryStreamARN: String

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case auth
            case deliveryStreamARN = "delivery_stream_arn"
        }
    }

    package struct Kinesis: Hashable, Codable, Sendable {
        package var auth: AWSAuth
        package var streamARN: String

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case auth
            case streamARN = "stream_arn"
        }
    }

    package struct CloudwatchLogs: Hashable, Codable, Sendable {
        package var auth: AWSAuth
        package var logGroupARN: String

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case auth
            case logGroupARN = "log_group_arn"
        }
    }

    package struct Datadog: Hashable, Codable, Sendable {
        /// `nil` once it is kept, as ``AWSCredentials/secretAccessKey``.
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

    package struct AWSAuth: Hashable, Codable, Sendable {
        package var role: AWSRole?
        package var credentials: AWSCredentials?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case role
            case credentials = "creds"
        }

        static var shape: FieldShape {
            FieldShape(
                CodingKeys.self,
                nested: [
                    .role: FieldShape(AWSRole.CodingKeys.self),
                    .credentials: FieldShape(AWSCredentials.CodingKeys.self),
                ]
            )
        }
    }

    package struct AWSRole: Hashable, Codable, Sendable {
        package var roleARN: String

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case roleARN = "role_arn"
        }
    }

    package struct AWSCredentials: Hashable, Codable, Sendable {
        package var accessKeyID: String
        /// `nil` once it is kept: then it is the destination's ``EventDestination/secretKey``.
        package var secretAccessKey: String?

        package enum CodingKeys: String, CodingKey, CaseIterable {
            case accessKeyID = "aws_access_key_id"
            case secretAccessKey = "aws_secret_access_key"
        }
    }
}

extension EventTarget {
    /// Which of the four it is.
    var fields: [CodingKeys] {
        CodingKeys.allCases.filter {
            switch $0 {
            case .firehose: self.firehose != nil
            case .kinesis: self.kinesis != nil
            case .cloudwatchLogs: self.cloudwatchLogs != nil
            case .datadog: self.datadog != nil
            }
        }
    }

    /// How the edge is known to AWS, of the three that are there.
    var auth: AWSAuth? { self.firehose?.auth ?? self.kinesis?.auth ?? self.cloudwatchLogs?.auth }

    /// Takes out what must not be shown again; `nil` where there is nothing of the kind.
    mutating func takeSecret() -> String? {
        defer {
            self.firehose?.auth.credentials?.secretAccessKey = nil
            self.kinesis?.auth.credentials?.secretAccessKey = nil
            self.cloudwatchLogs?.auth.credentials?.secretAccessKey = nil
            self.datadog?.apiKey = nil
        }
        return self.auth?.credentials?.secretAccessKey ?? self.datadog?.apiKey
    }
}

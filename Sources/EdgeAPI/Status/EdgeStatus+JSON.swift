import Foundation
import HTTPServing

extension EdgeStatus {
    /// As `/status` answers it.
    package var encoded: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }

    /// - Throws: for what is no answer of `/status`.
    package init(reading text: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(EdgeStatus.self, from: Data(text))
    }
}

extension Route {
    /// What an account has online, all at once. ngrok's API has nothing like it.
    static let status = Route(.get, "/status") { call in
        APIResponse(status: 200, body: try EdgeStatus(of: call.account, on: call.plane, at: call.now).encoded)
    }
}

package import Legs
import NIOCore
import NIOPosix
package import ScenarioModel

/// The two ends of one TCP connection over loopback.
package struct LegPair: Sendable {
    /// The end that dialled.
    package let client: Leg
    /// The end that was accepted.
    package let server: Leg

    package struct NotConnected: Error {}

    /// - Parameter deadline: when both ends stop waiting, whatever happens.
    package static func open(
        from source: ClientPlan.Source = .loopback,
        deadline: Duration = .seconds(30)
    ) async throws -> LegPair {
        let listener = try await LegListener.open()
        do {
            let client = try await listener.dial(from: source)
            var accepted = listener.legs.makeAsyncIterator()
            guard let server = await accepted.next() else { throw NotConnected() }
            try await listener.close()
            client.setDeadline(.now + deadline)
            server.setDeadline(.now + deadline)
            return LegPair(client: client, server: server)
        } catch {
            try await listener.close()
            throw error
        }
    }

    package func close() async {
        await self.client.close()
        await self.server.close()
    }
}

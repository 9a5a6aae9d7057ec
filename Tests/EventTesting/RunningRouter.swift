package import EdgeEvents
import Logging
import ServiceLifecycle

/// Runs a router for as long as a test needs it, then shuts it down as a program does, and waits for its end.
package func running<Result: Sendable>(
    _ router: EventRouter,
    _ body: (EventRouter) async throws -> Result
) async throws -> Result {
    let group = ServiceGroup(
        configuration: .init(
            services: [.init(service: router, successTerminationBehavior: .ignore)],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    )
    async let end: Void = group.run()
    do {
        let result = try await body(router)
        await group.triggerGracefulShutdown()
        try await end
        return result
    } catch {
        await group.triggerGracefulShutdown()
        try await end
        throw error
    }
}

package import ScenarioModel

/// What a client keeps of a TLS session, to resume it on another connection.
///
/// Only the engine that made it can read it.
package struct SavedSession: Hashable, Sendable {
    package let engine: ClientPlan.Engine
    /// In the engine's own form, secrets included.
    package let encoding: [UInt8]

    package init(engine: ClientPlan.Engine, encoding: [UInt8]) {
        self.engine = engine
        self.encoding = encoding
    }
}

extension SavedSession: CustomStringConvertible, CustomReflectable {
    /// Its secrets are not for printing.
    package var description: String { "a session of \(self.engine.rawValue)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

package import EdgeControl

/// What the API is for: the edge's state, and what is online.
package protocol ControlPlane: Sendable {
    /// As it is now. Never waits for a change that is under way.
    var state: ControlState { get }
    /// As it is now.
    var live: LiveResources { get }
    /// Of an account, those that ended last, the newest first.
    func recentConnections(of accountID: String) -> [ConnectionStatus]

    /// Changes the state: what `body` leaves is kept somewhere safe first, and seen by everybody after that. Where `body` throws,
    /// or nothing can be kept, the state stays as it is.
    ///
    /// - Parameter author: Who will be said to have changed it.
    func change<Result: Sendable>(
        by author: ChangeAuthor,
        _ body: @escaping @Sendable (inout ControlState) throws(ControlError) -> Result
    ) async throws -> Result

    /// Has an agent do something, and waits for its answer.
    ///
    /// - Throws: ``ControlError`` with ERR_NGROK_804 to 810 where it does not or cannot.
    func perform(_ command: SessionCommand, sessionID: String) async throws
}

/// Who changes something through the API.
package struct ChangeAuthor: Sendable {
    package let key: APIKey
    /// Where the API is, in the words of who used it.
    package let baseURI: String
}

/// What an agent can be told from afar.
package enum SessionCommand: String, Hashable, CaseIterable, Sendable {
    case stop, restart, update
}

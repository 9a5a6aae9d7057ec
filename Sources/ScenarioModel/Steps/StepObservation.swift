/// How one step of a play went.
package struct StepObservation: Hashable, Sendable, Codable {
    /// The number of its ``PlannedStep``.
    package var number: String
    /// `hear first`
    package var action: String
    /// Milliseconds since the case began.
    package var began: Double
    package var ended: Double
    /// What did not go as the step says.
    package var troubles: [Trouble]

    /// What the target has counted since the case began, and what its gauges stand at; `nil` where it was not asked.
    package var counters: [TargetCounter: Int]?
    /// What the target's API answered; `nil` where it was not asked.
    package var answer: APIAnswer?
    /// Of each event that the webhook was sent, what stands where the step looks; `nil` where it does not.
    package var told: [[APIAnswer.Field]]?

    package init(
        number: String,
        action: String,
        began: Double,
        ended: Double,
        troubles: [Trouble] = [],
        counters: [TargetCounter: Int]? = nil,
        answer: APIAnswer? = nil,
        told: [[APIAnswer.Field]]? = nil
    ) {
        self.number = number
        self.action = action
        self.began = began
        self.ended = ended
        self.troubles = troubles
        self.counters = counters
        self.answer = answer
        self.told = told
    }

    package struct Trouble: Hashable, Sendable, Codable {
        /// On which of the case's connections.
        package var connection: Int
        package var sentence: String
        package init(connection: Int, sentence: String) {
            self.connection = connection
            self.sentence = sentence
        }
    }
}

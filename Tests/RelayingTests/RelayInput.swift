import Relaying
import Testing

/// One thing that can happen to a relay.
enum RelayInput: Hashable, Sendable, CustomTestStringConvertible {
    case stands(RelaySide)
    case failedToStand(RelaySide)
    case bytes(RelaySide)
    case wrote(RelaySide)
    case ended(RelaySide, RelayStateMachine.Ending)
    case outputEnded(RelaySide)
    case failed(RelaySide, RelayStateMachine.Failure)
    case deadline

    /// All but ``wrote(_:)``, which only follows on a burst.
    static let anytime: [RelayInput] =
        [.deadline]
        + RelaySide.allCases.flatMap { side in
            [
                .stands(side), .failedToStand(side), .bytes(side), .ended(side, .inOrder), .ended(side, .truncated),
                .outputEnded(side), .failed(side, .reset), .failed(side, .lost),
            ]
        }

    var testDescription: String { "\(self)" }
}

extension RelayStateMachine {
    mutating func receive(_ input: RelayInput) -> [Action] {
        switch input {
        case .stands(let side): self.stands(side)
        case .failedToStand(let side): self.failedToStand(side)
        case .bytes(let side): self.received(7, from: side)
        case .wrote(let side): self.wrote(1, to: side)
        case .ended(let side, let ending): self.inputEnded(ending, of: side)
        case .outputEnded(let side): self.outputEnded(of: side)
        case .failed(let side, let failure): self.failed(side, failure)
        case .deadline: self.deadlinePassed()
        }
    }
}

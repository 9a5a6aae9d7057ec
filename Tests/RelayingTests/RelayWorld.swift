import Relaying
import Testing

/// Two peers that do anything at any time, and a check of everything the relay between them does.
struct RelayWorld {
    private enum Output {
        case open
        case ending
        case ended
    }

    private struct Peer {
        var isRelayed = false
        var inputEnding: RelayStateMachine.Ending?
        var isAskedToRead = false
        var output = Output.open
        /// Bursts that it was given and has not written.
        var unwritten = 0
        /// Bytes that it sent, and those of them that were passed on.
        var sent: Int64 = 0
        var isGone = false
        /// Closed or reset by the relay.
        var isTold = false
    }

    private let policy: RelayPolicy
    private let canFail: Bool
    private var machine: RelayStateMachine
    private var peers: [RelaySide: Peer] = [.client: Peer(), .upstream: Peer()]
    private var hasFailed = false
    private var outcomes: [RelayStateMachine.Outcome] = []
    private(set) var history: [RelayInput] = []

    init(_ policy: RelayPolicy, canFail: Bool) {
        self.policy = policy
        self.canFail = canFail
        self.machine = RelayStateMachine(policy)
    }

    /// Lets things happen until nothing can any more.
    mutating func run(with generator: inout some RandomNumberGenerator) throws {
        while let input = self.possible(moody: self.history.count < 60).randomElement(using: &generator) {
            try self.happen(input)
        }
        try self.checkEnd()
    }

    /// - Parameter moody: Otherwise peers only bring to an end what is going on.
    private func possible(moody: Bool) -> [RelayInput] {
        var inputs: [RelayInput] = []
        for side in RelaySide.allCases {
            guard let peer = self.peers[side], !peer.isGone else { continue }
            if !peer.isRelayed { inputs += [.stands(side)] + (moody && self.canFail ? [.failedToStand(side)] : []) }
            if peer.unwritten > 0 { inputs.append(.wrote(side)) }
            if peer.output == .ending { inputs.append(.outputEnded(side)) }
            guard !peer.isTold else { continue }
            if peer.inputEnding == nil {
                inputs.append(.ended(side, .inOrder))
                // Mostly when asked; sometimes TLS or NIO reads further than that.
                if moody { inputs += Array(repeating: .bytes(side), count: peer.isAskedToRead ? 20 : 1) }
                if moody { inputs.append(.ended(side, .truncated)) }
            }
            if moody, self.canFail { inputs += [.failed(side, .reset), .failed(side, .lost)] }
        }
        if moody, self.canFail, self.machine.outcome == nil, self.history.count > 40 { inputs.append(.deadline) }
        return inputs
    }

    private mutating func happen(_ input: RelayInput) throws {
        self.history.append(input)
        switch input {
        case .stands(let side): self.peers[side]?.isRelayed = true
        case .failedToStand(let side): self.peers[side]?.isGone = true
        case .bytes(let side):
            self.peers[side]?.isAskedToRead = false
            self.peers[side]?.sent += 7
        case .wrote(let side): self.peers[side]?.unwritten -= 1
        case .ended(let side, let ending): self.peers[side]?.inputEnding = ending
        case .outputEnded(let side): self.peers[side]?.output = .ended
        case .failed(let side, _):
            let hadEnded = self.peers[side].map { $0.inputEnding != nil && $0.output == .ended } ?? false
            if !hadEnded { self.hasFailed = true }
            self.peers[side]?.isGone = true
        case .deadline: break
        }
        for action in self.machine.receive(input) { try self.check(action) }
    }

    private mutating func check(_ action: RelayStateMachine.Action) throws {
        switch action {
        case .read(let side):
            let peer = try #require(self.peers[side])
            let other = try #require(self.peers[side.other])
            #expect(peer.isRelayed && other.isRelayed, "reads before both stand")
            #expect(!peer.isAskedToRead && peer.inputEnding == nil, "reads twice, or after the end")
            #expect(other.unwritten == 0, "reads while the other side is not writable")
            self.peers[side]?.isAskedToRead = true
        case .forward(let side):
            let peer = try #require(self.peers[side])
            #expect(peer.isRelayed && peer.output == .open && !peer.isTold, "writes after the end")
            #expect(self.machine.byteCount(from: side.other) == self.peers[side.other]?.sent, "bytes left or doubled")
            self.peers[side]?.unwritten += 1
        case .end(let side):
            let peer = try #require(self.peers[side])
            #expect(peer.output == .open && !peer.isTold, "ends twice")
            #expect(!self.hasFailed, "an end in order after a failure")
            let came = try #require(self.peers[side.other]?.inputEnding, "an end from nowhere")
            #expect(
                came == .inOrder || side == .upstream && self.policy.clientTruncation == .isAnEnd,
                "an end from a cut"
            )
            #expect(self.machine.byteCount(from: side.other) == self.peers[side.other]?.sent, "an end before the bytes")
            self.peers[side]?.output = .ending
        case .close(let side):
            #expect(self.machine.outcome != .truncated(by: side.other), "what was cut ends in order")
            self.peers[side]?.isTold = true
        case .cut(let side):
            #expect(self.machine.byteCount(from: side.other) == self.peers[side.other]?.sent, "a cut before the bytes")
            self.peers[side]?.isTold = true
        case .reset(let side):
            self.peers[side]?.isTold = true
        case .finish(let outcome):
            self.outcomes.append(outcome)
        }
    }

    private func checkEnd() throws {
        #expect(self.outcomes.count == 1, "it ends once")
        let outcome = try #require(self.machine.outcome)
        #expect(self.outcomes == [outcome])
        for side in RelaySide.allCases {
            let peer = try #require(self.peers[side])
            #expect(peer.isTold || peer.isGone || !peer.isRelayed, "\(side) was not told")
            switch outcome {
            case .ended, .truncated: #expect(self.machine.byteCount(from: side) == peer.sent, "bytes were lost")
            case .failed, .neverBegan, .gaveUp: break
            }
        }
        if outcome == .ended { #expect(!self.hasFailed) }
    }
}

/// The same numbers for the same seed, everywhere (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite("A relay between peers that do anything")
struct RelayWorldTests {
    @Test("holds what it promises, whatever the order", arguments: [RelayPolicy.edge, .edgeOfForeignAgent, .agent])
    func random(_ policy: RelayPolicy) throws {
        for seed in 0..<3_000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var world = RelayWorld(policy, canFail: seed % 3 > 0)
            do {
                try world.run(with: &generator)
            } catch {
                Issue.record("seed \(seed): \(world.history)")
                throw error
            }
        }
    }
}

import ProgramKit
import ScenarioModel
import Testing

@testable import Runner

@Suite("What a run takes of the machine")
struct RunNeedsTests {
    @Test("every endpoint listens, and only cases that are under way have connections")
    func counts() {
        let ordinary = (0..<10).map { SampleCase.make("o\($0)", endpoints: 2) }
        let few = RunNeeds(cases: ordinary, jobs: 4)
        let many = RunNeeds(cases: ordinary, jobs: 100)
        #expect(few.openFiles == 20 + 2 * 4 + 256)
        #expect(many.openFiles == 20 + 2 * 10 + 256)
        let idle = (0..<10).map { SampleCase.make("i\($0)", exchange: .idle, endpoints: 1) }
        #expect(RunNeeds(cases: idle, jobs: 1).openFiles == 10 + 2 * 10 + 256, "those that wait do so together")
    }

    @Test(
        "too little of something is said with what is needed, what there is, and what to do",
        arguments: [
            (100, 50_000, "this run needs 258 open files, and this process may have 100", "ulimit"),
            (50_000, 200, "this run needs 258 free ports, and the system gives out 200", "ip_local_port_range"),
        ]
    )
    func refuses(openFiles: Int, ports: Int, message: String, hint: String) throws {
        let needs = RunNeeds(cases: [SampleCase.make("a")], jobs: 1)
        let limits = RunNeeds.Limits(openFiles: openFiles, ports: ports)
        let complaint = try #require(throws: Complaint.self) { try needs.check(against: limits) }
        #expect(complaint.message == message)
        #expect(complaint.hint?.contains(hint) == true)
    }

    @Test(
        "a limit that leaves no room for a run's programs is told before anything is started",
        arguments: [20, 64, 128, 255]
    )
    func noRoom(limit: Int) throws {
        let cases = (0..<10).map { SampleCase.make("o\($0)", endpoints: 2) }
        let complaint = try #require(throws: Complaint.self) {
            try MachineRoom.require(for: cases, jobs: 4, limit: limit)
        }
        #expect(complaint.message == "this run needs 256 to 284 open files, and this process may have \(limit)")
        #expect(complaint.hint == "raise the hard limit (ulimit -Hn 284, or LimitNOFILE)")
        try MachineRoom.require(for: cases, jobs: 4, limit: 256)
        try MachineRoom.require(for: cases, jobs: 4, limit: nil)
    }

    @Test("a check has fewer connections at once where the limit is low, and none where there is no room for one")
    func fewerConnections() throws {
        #expect(try MachineRoom.connections(wanted: 24, limit: 1_024) == 24)
        #expect(try MachineRoom.connections(wanted: 24, limit: 64) == 24)
        #expect(try MachineRoom.connections(wanted: 24, limit: 63) == 23)
        #expect(try MachineRoom.connections(wanted: 24, limit: 41) == 1)
        let complaint = try #require(throws: Complaint.self) { try MachineRoom.connections(wanted: 24, limit: 40) }
        #expect(complaint.message == "this check needs 41 to 64 open files, and this process may have 40")
    }

    @Test("what the system does not say is no reason to refuse")
    func unknown() throws {
        try RunNeeds(cases: [SampleCase.make("a")], jobs: 1).check(against: RunNeeds.Limits())
    }

    @Test(
        "the range of ports is read as Linux writes it",
        arguments: [("32768\t60999\n", 28_232), ("1 1", 1), ("", nil), ("5 4", nil)] as [(String, Int?)]
    )
    func ports(text: String, expected: Int?) {
        #expect(RunNeeds.Limits.ports(inRange: text) == expected)
    }
}

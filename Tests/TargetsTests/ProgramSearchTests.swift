import Foundation
import Testing

@testable import Targets

@Suite("Finding programs")
struct ProgramSearchTests {
    @Test("a program that is not installed is said with the command that installs it")
    func notInstalled() throws {
        let search = Fixture.search(in: URL(filePath: "/programs"), path: "/nonexistent")
        let error = try #require(throws: TargetError.self) {
            try search.find(
                .init(name: "no-such-edge", isOurs: false, install: .byHand("apt-get install no-such-edge"))
            )
        }
        #expect(error.code == .programNotFound)
        #expect(error.description == "no-such-edge is not installed\nhint: apt-get install no-such-edge")
    }

    @Test("our own programs are beside the harness, or are to be built")
    func notBuilt() throws {
        let search = Fixture.search(in: URL(filePath: "/programs"), path: "/usr/bin:/bin")
        let error = try #require(throws: TargetError.self) {
            try search.find(.init(name: "sh", isOurs: true, install: .byHand("build it")))
        }
        #expect(error.description == "sh is not beside the harness, in /programs\nhint: build it")
    }

    @Test("a probe's answer is its pattern's first group, in whichever output it stands")
    func probe() throws {
        let search = Fixture.search(in: URL(filePath: "/programs"), path: "/usr/bin:/bin")
        let programs = ["sh": TargetDescription.Program(name: "sh", isOurs: false, install: .byHand(""))]
        func answer(_ script: String, _ pattern: String) throws -> String? {
            try search.answer(
                to: .init(name: "version", program: "sh", arguments: ["-c", script], pattern: pattern),
                programs: programs
            )
        }
        #expect(try answer("echo edge version 2.6 >&2", "version ([0-9.]+)") == "2.6")
        #expect(try answer("echo edge version 2.6", "[0-9.]+") == "2.6")
        #expect(try answer("echo edge", "[0-9.]+") == nil)
    }

    @Test("an unknown target is refused with those that exist")
    func unknownTarget() throws {
        let error = try #require(throws: TargetError.self) {
            try TargetDefinition.load(named: "hapoxy", from: Fixture.targets)
        }
        #expect(error.code == .unknownTarget)
        #expect(error.hint?.contains("haproxy") == true)
    }
}

import FolderTesting
import Foundation
import ProcessTesting
import ScenarioModel
import Testing

@testable import Targets

@Suite("Helpers of an edge")
struct HelperProcessTests {
    private static let head = """
        title: Scripted edge
        programs: { sh: { install: get a shell }, python3: { install: get Python } }
        probes: { version: { program: sh, arguments: [], pattern: x } }
        features: [role.passthrough, role.agent]
        deadlines: {}
        processes:

        """

    private func start(
        _ processes: String,
        in folder: URL,
        _ plans: [EndpointPlan] = [Fixture.plan("a.shakedown.test")]
    ) async throws -> RunningTarget {
        let work = folder.appending(path: "work")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        return try await Targets.start(
            try Fixture.scripted(Self.head + processes, in: folder),
            Fixture.deployment(in: work, plans),
            supervisor: ProcessTesting.supervisor,
            keepsWorkDirectory: false
        )
    }

    private func text(_ name: String, in folder: URL) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// An edge that tells in `edge` what it was given.
    private func edge(telling what: String, more: String = "") -> String {
        """
          edge:
            program: sh
            serves: edge
            templates: {}
            arguments: [-c, 'echo "\(what)" > ../edge; echo "{\\"listen\\":[\\"127.0.0.1:9\\"]}" > ready.new; mv ready.new ready.json; exec sleep 60']
            ready: { file: ready.json }
            stop: { grace: 1 }
        \(more)
        """
    }

    @Test("start before the edge that needs them, know each other's ports and sockets, and go with it")
    func helpers() async throws {
        try await withTemporaryFolder { folder in
            let processes = """
                  behind:
                    program: sh
                    serves: helper
                    ports: inner
                    sockets: door
                    templates: {}
                    arguments: [-c, 'echo $$ > ../leader; echo "{{ports.inner}} {{sockets.door}} {{instance}}" > ../behind; touch up; exec sleep 60']
                    ready: { exists: up }
                    stop: { grace: 1 }
                  each:
                    program: sh
                    serves: each-endpoint
                    roles: passthrough
                    ports: [own]
                    templates: {}
                    arguments: [-c, 'echo "{{ports.own}} {{ports.inner}} {{#endpoints}}{{domain}}{{/endpoints}} $FLAVOUR $(pwd)" > {{instance}}; touch work/{{instance}}.up; exec sleep 60']
                    environment: { FLAVOUR: "mint of {{instance}}" }
                    directory: "{{directory}}/.."
                    ready: { exists: "{{instance}}.up" }
                    stop: { grace: 1 }

                """
            let target = try await self.start(
                processes + self.edge(telling: "{{ports.inner}} {{#endpoints}}{{domain}}={{ports.own}};{{/endpoints}}"),
                in: folder,
                [Fixture.plan("a.t"), Fixture.plan("b.t", .agent), Fixture.plan("c.t")]
            )
            let behind = try self.text("behind", in: folder).split(separator: " ")
            #expect(behind.count == 3)
            #expect(behind[1].hasSuffix("work/door-behind.sock"))
            #expect(behind[2] == "behind")
            let first = try self.text("e0", in: folder).split(separator: " ")
            let third = try self.text("e2", in: folder).split(separator: " ")
            #expect(Set([behind[0], first[0], third[0]]).count == 3, "every port is another")
            #expect(first[1] == behind[0])
            #expect(first[2...5].joined(separator: " ") == "a.t mint of e0")
            #expect(first[6].hasSuffix(folder.lastPathComponent))
            #expect(
                !FileManager.default.fileExists(atPath: folder.appending(path: "e1").path),
                "it is for another role"
            )
            #expect(try self.text("edge", in: folder) == "\(behind[0]) a.t=\(first[0]);b.t=;c.t=\(third[0]);")
            let leader = try #require(number(in: folder.appending(path: "leader")))
            #expect(target.isAlive)
            await target.stop()
            #expect(!isRunning(leader))
        }
    }

    @Test("one that ends is a death of the target's")
    func death() async throws {
        try await withTemporaryFolder { folder in
            let helper = """
                  behind:
                    program: sh
                    serves: helper
                    templates: {}
                    arguments: [-c, 'touch up; until [ -e ../go ]; do sleep 0.01; done; exit 4']
                    ready: { exists: up }
                    stop: { grace: 1 }

                """
            let target = try await self.start(helper + self.edge(telling: "x"), in: folder)
            #expect(target.isAlive)
            try Data().write(to: folder.appending(path: "go"))
            #expect(await eventually { target.deaths == ["behind ended with status 4"] })
            await target.stop()
        }
    }

    @Test("one that fails takes with it what was started before")
    func failure() async throws {
        try await withTemporaryFolder { folder in
            let helper = """
                  each:
                    program: sh
                    serves: each-endpoint
                    templates: {}
                    arguments: [-c, 'echo out of mint; exit 9']
                    ready: { exists: up }
                    stop: { grace: 1 }
                """
            let edge = self.edge(telling: "$$", more: helper)
            let error = try await #require(throws: TargetError.self) { try await self.start(edge, in: folder) }
            #expect(error.code == .exitedEarly)
            #expect(
                error.message
                    == "each (a.shakedown.test) ended with status 9 before it was ready; its last words:\nout of mint"
            )
            let leader = try #require(number(in: folder.appending(path: "edge")))
            #expect(!isRunning(leader))
        }
    }

    @Test("a program that goes into the background is followed by its pid file")
    func background() async throws {
        try await withTemporaryFolder { folder in
            let edge = #"""
                  edge:
                    program: sh
                    serves: edge
                    templates: {}
                    arguments: [-c, 'setsid sh -c "echo \$\$ > edge.pid; exec sleep 60" & until [ -s edge.pid ]; do sleep 0.01; done; echo "{\"listen\":[\"127.0.0.1:9\"]}" > ready.new; mv ready.new ready.json']
                    ready: { file: ready.json }
                    pid-file: edge.pid
                    stop: { grace: 1 }
                """#
            let target = try await self.start(edge, in: folder)
            let leader = try #require(number(in: folder.appending(path: "work/edge.pid")))
            #expect(isRunning(leader))
            #expect(target.isAlive)
            await target.stop()
            #expect(!isRunning(leader))
        }
    }

    @Test("a reload may be a command, which is run to its end")
    func reload() async throws {
        try await withTemporaryFolder { folder in
            let command =
                "    reload: { program: sh, arguments: [-c, \"echo {{port}} > ../reloaded; exit $(cat ../status)\"] }"
            let target = try await self.start(self.edge(telling: "{{port}}", more: command), in: folder)
            try Data("0".utf8).write(to: folder.appending(path: "status"))
            try await target.reload()
            #expect(try self.text("reloaded", in: folder) == self.text("edge", in: folder))
            try Data("3".utf8).write(to: folder.appending(path: "status"))
            let error = try await #require(throws: TargetError.self) { try await target.reload() }
            #expect(error.code == .cannotRun)
            #expect(error.message.contains("ended with status 3"))
            await target.stop()
        }
    }

    @Test(
        "a reload may be a line that is said to a socket, once somebody listens",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "install python3")
    )
    func reloadBySocket() async throws {
        try await withTemporaryFolder { folder in
            let helper = """
                  ear:
                    program: python3
                    serves: helper
                    sockets: ear
                    templates: {}
                    arguments: [-c, 'import os,socket,time;n="{{sockets.ear}}";s=socket.socket(socket.AF_UNIX);s.bind(n);s.listen();s.accept()[0].close();time.sleep(0.2);s.close();time.sleep(0.2);os.unlink(n);s=socket.socket(socket.AF_UNIX);s.bind(n);s.listen();c=s.accept()[0];t=c.makefile().readline();open("heard","w").write(t)']
                    ready: { connect: "{{sockets.ear}}" }
                    stop: { grace: 1 }

                """
            let line = "    reload: { socket: \"{{sockets.ear}}\", says: read it anew }"
            let target = try await self.start(helper + self.edge(telling: "{{port}}", more: line), in: folder)
            try await target.reload()
            #expect(try self.text("work/heard", in: folder) == "read it anew")
            await target.stop()
        }
    }

    struct Way: Sendable, CustomTestStringConvertible {
        let ready: String
        /// In Python, because a shell cannot listen. It tells in `seen` when it became ready, and stays so: an answer that
        /// comes too late for a busy machine is asked for again.
        let script: String
        var testDescription: String { self.ready }
    }

    private static let ways = [
        Way(
            ready: "{ connect: \"127.0.0.1:{{ports.door}}\" }",
            script:
                "import socket,time;s=socket.create_server((\"127.0.0.1\",{{ports.door}}));open(\"seen\",\"w\");time.sleep(60)"
        ),
        Way(
            ready: "{ connect: \"{{sockets.door}}\" }",
            script:
                "import socket,time;s=socket.socket(socket.AF_UNIX);s.bind(\"{{sockets.door}}\");open(\"seen\",\"w\");s.listen();time.sleep(60)"
        ),
        Way(
            ready: "{ http: \"http://127.0.0.1:{{ports.door}}/ready?now\" }",
            script:
                "import http.server as h;n=[503,404];H=type(\"H\",(h.BaseHTTPRequestHandler,),dict(log_message=lambda *a:None,do_GET=lambda s:(s.path!=\"/ready?now\" or n or open(\"seen\",\"w\"),s.send_response(n.pop(0) if n and s.path==\"/ready?now\" else 204),s.end_headers())));h.HTTPServer((\"127.0.0.1\",{{ports.door}}),H).serve_forever()"
        ),
        Way(
            ready: "{ log: \"now +ready\" }",
            script:
                "import time;print(\"not now\",flush=True);open(\"seen\",\"w\");print(\"now  ready\",flush=True);time.sleep(60)"
        ),
    ]

    @Test(
        "each is ready when it is seen to be",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "install python3"),
        arguments: HelperProcessTests.ways
    )
    func ready(_ way: Way) async throws {
        try await withTemporaryFolder { folder in
            let helper = """
                  behind:
                    program: python3
                    serves: helper
                    ports: door
                    sockets: door
                    templates: {}
                    arguments: [-c, '\(way.script)']
                    ready: \(way.ready)
                    stop: { grace: 1 }

                """
            // The edge is started once the helper is ready.
            let target = try await self.start(helper + self.edge(telling: "$(ls seen)"), in: folder)
            #expect(try self.text("edge", in: folder) == "seen")
            await target.stop()
        }
    }
}

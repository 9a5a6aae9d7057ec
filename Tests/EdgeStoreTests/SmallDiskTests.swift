import EdgeStore
import Foundation
import ProcessTesting
import StoreTesting
import Testing

/// A file system of its own for one command, as a user namespace lets anybody mount it.
private enum SmallDisk {
    private static let mount = "mount -t tmpfs -o \"$1\" tmpfs \"$2\" || exit 99\n"

    static let isAvailable: Bool = {
        guard let folder = try? StoreFolder(), let process = try? Self.run(folder, "size=64k", "exit 0") else {
            return false
        }
        return (try? process.end())?.status == 0
    }()

    /// - Parameter script: Has the mount point as `$2`, a folder that stays as `$3`, the store's program as `$4`, its key as `$5`.
    static func run(_ folder: StoreFolder, _ options: String, _ script: String) throws -> StoreProcess {
        let disk = folder.place("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        _ = try folder.key()
        return try StoreProcess(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", Self.mount + script, "sh", options, disk]
                + [folder.place(""), ProcessTesting.program("StoreProbe").path, folder.keyPath]
        )
    }
}

@Suite(
    "A store on a disk of its own",
    .enabled(if: SmallDisk.isAvailable, "allow user namespaces: sysctl kernel.unprivileged_userns_clone=1")
)
struct SmallDiskTests {
    private let folder: StoreFolder

    init() throws { self.folder = try StoreFolder() }

    @Test(
        "that is full has every change that was reported, nothing of the one that failed, and goes on when there is room"
    )
    func full() throws {
        let end = try SmallDisk.run(
            self.folder,
            "size=1m",
            """
            "$4" apply "$2/edge.db" "$5"
            status=$?
            cp "$2"/* "$3"
            exit $status
            """
        ).end()
        #expect(end.status == 1)
        let store = self.folder.place("disk/edge.db")
        #expect(
            end.errors.hasPrefix(
                "StoreProbe: error: the store \(store) cannot grow: no space left on its file system\nhint: "
            )
        )
        let reported = try #require(end.lines.last.flatMap { Int($0) })
        #expect(reported > 1)
        try self.folder.withStore { store in
            #expect(try store.load() == NumberedChange.state(after: reported))
            try store.apply(NumberedChange.change(reported + 1))
            #expect(try store.load() == NumberedChange.state(after: reported + 1))
        }
    }

    @Test("that has no room for a new one says so")
    func fullFromTheStart() throws {
        let end = try SmallDisk.run(
            self.folder,
            "size=64k",
            """
            cat /dev/zero > "$2/filling" 2>/dev/null
            exec "$4" hold "$2/edge.db" "$5"
            """
        ).end()
        #expect(end.status == 1)
        #expect(end.errors.contains("the store \(self.folder.place("disk/edge.db")) cannot grow: no space left"))
        #expect(!end.lines.contains("open"))
    }

    @Test("that can only be read says so")
    func readOnly() throws {
        let end = try SmallDisk.run(self.folder, "ro", #"exec "$4" hold "$2/edge.db" "$5""#).end()
        // What the user has named is the user's to mend.
        #expect(end.status == 64)
        #expect(
            end.errors.hasPrefix(
                "StoreProbe: error: cannot open the store \(self.folder.place("disk/edge.db")): read-only file system\nhint: "
            )
        )
    }
}

import GRDB
import LibCrypto
import ProgramKit

extension StoreError {
    /// Whatever went wrong while the database was open.
    ///
    /// - Parameter store: The file, or what stands for it.
    init(_ error: any Error, store: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(error, store: store)
        // It says what it has found there too, which is not for a log.
        case is RowDecodingError:
            self.init(
                .damaged,
                "the store \(store) is damaged: an object is not as its table has them",
                hint: Self.restoring
            )
        default: self.init(.failed, "the store \(store) failed: \(Reason.text(of: error))")
        }
    }

    private init(_ error: DatabaseError, store: String) {
        let reason = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .full,
                "the store \(store) cannot grow: no space left on its file system",
                hint: "free some space there; what was kept before is as it was"
            )
        case .SQLITE_NOTADB:
            self = .notAStore(store)
        case .SQLITE_CORRUPT:
            self.init(.damaged, "the store \(store) is damaged: \(reason)", hint: Self.restoring)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.inUse, "the store \(store) is in use by another process", hint: Self.stopping)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .unusable,
                "cannot write the store \(store): \(reason)",
                hint: "see that this user may write the file and its folder"
            )
        case .SQLITE_IOERR:
            self.init(
                .failed,
                "the store \(store) failed: \(reason)",
                hint: "look at the file system and its disk, which refused to read or to write"
            )
        default: self.init(.failed, "the store \(store) failed: \(reason)")
        }
    }

    static func notAStore(_ path: String) -> StoreError {
        StoreError(.notAStore, "\(path) is no store of shakedown-edge", hint: Privacy.hint)
    }

    static let restoring = "put a copy from a backup in its place"
    static let stopping = "stop that one, or name another file"
}

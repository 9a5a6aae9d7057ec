import Foundation
import ProgramKit
import Reports
import Verdicts

/// Where a run's reports go: a folder that was named, or one of its own below `Reports/`.
///
/// It is made before the run starts, so that no run is lost for want of a place to write.
enum ReportPlace: Sendable {
    case named(URL)
    case own(RunFolder, RunHistory, kept: Int?)

    /// - Parameters:
    ///   - name: the folder of `--report`; `nil`, and `latest` itself, are a folder of the run's own.
    ///   - kept: how many runs to keep; `nil` keeps all.
    init(named name: String?, history: RunHistory, kept: Int?, target: String) throws(Complaint) {
        let latest = history.root.appending(path: RunHistory.latest).standardizedFileURL.path
        guard let name, URL(fileURLWithPath: name).standardizedFileURL.path != latest else {
            self = .own(try history.begin(target: target), history, kept: kept)
            return
        }
        let folder = URL(fileURLWithPath: name, isDirectory: true)
        try Folder.make(folder, orThrow: Self.complaint)
        guard unsafe access(folder.path, W_OK) == 0 else {
            throw Self.complaint("cannot write to the folder \(folder.path): \(Reason.text(ofErrno: errno))")
        }
        self = .named(folder)
    }

    private static func complaint(_ message: String) -> Complaint {
        Complaint(message, hint: "choose another with --report", exitStatus: .usage)
    }

    var folder: URL {
        switch self {
        case .named(let folder): folder
        case .own(let folder, _, _): folder.url
        }
    }

    var page: String { self.folder.appending(path: ReportDirectory.FileName.html).path }

    /// Writes the reports, points `latest` at them, and lets go of old runs.
    ///
    /// - Returns: where something that stood in the place of `latest` was moved.
    /// - Throws: what could not be written; the rest is.
    func write(_ reports: (URL) throws(ReportDirectory.Unwritten) -> Void) throws -> URL? {
        let unwritten: ReportDirectory.Unwritten?
        do {
            try reports(self.folder)
            unwritten = nil
        } catch {
            unwritten = error
        }
        guard case .own(let folder, let history, let kept) = self else {
            if let unwritten { throw unwritten }
            return nil
        }
        defer { if let kept { history.prune(keeping: kept) } }
        do {
            let moved = try history.pointLatest(at: folder)
            if let unwritten { throw unwritten }
            return moved
        } catch {
            // Reports that are not there matter more than a link to them.
            throw (unwritten as (any Error)?) ?? error
        }
    }

    /// Takes away the folder that was made for a run that came to nothing.
    func removeIfEmpty() {
        if case .own(let folder, _, _) = self { folder.removeIfEmpty() }
    }
}

package import Foundation

/// A place for files.
package enum Folder {
    /// Makes a folder and those above it, where they are not there yet.
    ///
    /// - Parameter failure: The error to throw, from its message.
    package static func make<Failure: Error>(
        _ folder: URL,
        orThrow failure: (String) -> Failure
    ) throws(Failure) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw failure("cannot make the folder \(folder.path): \(Reason.text(of: error))")
        }
    }
}

package import Foundation
import ProgramKit
package import Verdicts

/// What stands above the folders of several targets' runs.
package enum MatrixDirectory {
    package enum FileName {
        package static let html = "matrix.html"
        package static let json = "matrix.json"
        package static let markdown = "matrix.md"

        package static let all: Set = [Self.html, Self.json, Self.markdown]
    }

    /// Writes the matrix in all its forms. One that cannot be written keeps no other from being written.
    package static func write(_ matrix: TargetMatrix, to directory: URL) throws(ReportDirectory.Unwritten) {
        let writers: [(name: String, render: () throws -> Data)] = [
            (FileName.markdown, { Data(MatrixText.markdown(matrix).utf8) }),
            (FileName.html, { Data(MatrixPage.render(matrix).utf8) }),
            (FileName.json, { try JSONWriter.renderMatrix(matrix) }),
        ]
        var troubles: [String] = []
        for (name, render) in writers {
            do {
                try WholeFile.write(Array(render()), to: directory.appending(path: name).path)
            } catch {
                troubles.append(Complaint(explaining: error).message)
            }
        }
        guard troubles.isEmpty else { throw ReportDirectory.Unwritten(troubles: troubles) }
    }
}

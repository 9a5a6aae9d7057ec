import EdgeServer
import Foundation

/// Errors as every program of the project prints them: `shakedown-edge: error: …` and a `hint: …`.
enum StandardError {
    static func report(_ error: any Error) {
        var text = "shakedown-edge: error: \(error)\n"
        switch error {
        case let error as EdgeError: text += error.hint.map { "hint: \($0)\n" } ?? ""
        case let error as CertificateProblem: text += "hint: \(error.hint)\n"
        default: break
        }
        FileHandle.standardError.write(Data(text.utf8))
    }
}

import EdgeServer
import Foundation
import TLSCredentials

/// Errors as every program of the project prints them: `shakedown-edge: error: …` and a `hint: …`.
enum StandardError {
    static func report(_ error: any Error) {
        var text = "shakedown-edge: error: \(error)\n"
        switch error {
        case let error as EdgeError: text += error.hint.map { "hint: \($0)\n" } ?? ""
        case let error as CredentialError: text += error.hint.map { "hint: \($0)\n" } ?? ""
        default: break
        }
        FileHandle.standardError.write(Data(text.utf8))
    }
}

/// How a target's program gets onto a machine.
enum Installation: Hashable, Sendable {
    /// What a person does: `apt-get install haproxy`.
    case byHand(String)
    /// Packages of PyPI, into a folder of the checkout; the program is the file in it.
    case pip([String], file: String)
    /// Debian packages with what they need, unpacked into a folder of the checkout; the program is the file in it.
    case debian([String], file: String)

    /// The program below the folder it is installed into; `nil` where a person installs it.
    var file: String? {
        switch self {
        case .byHand: nil
        case .pip(_, let file), .debian(_, let file): file
        }
    }

    /// What to say when the program is missing.
    func hint(target: String) -> String {
        switch self {
        case .byHand(let command): command
        case .pip: "shakedown targets --install \(target)"
        case .debian(let packages, _):
            "shakedown targets --install \(target), or apt-get install \(packages.joined(separator: " "))"
        }
    }
}

/// What stands for what in the arguments of a client.yaml: `{{port}}`.
enum ClientTemplate {
    enum Word: String, CaseIterable, Hashable, Sendable {
        /// The address to connect to, without a port.
        case host
        case port
        /// The server name to send and to verify; of a client that is to send none, the address.
        case name
        /// `https://NAME:PORT/PATH`, and the path alone.
        case url, path
        /// A file with the request for it, for clients that have no words of their own.
        case request
        /// PEM files: the CA that vouches for every good server, and the client's own chain and key.
        case ca, certificate, key
        /// What is offered, with commas between.
        case alpn
        /// The least and the greatest version, such as `1.2`.
        case minimum, maximum
        case variant
        /// The client's folder, where its scripts are.
        case folder
        /// What the preparation has made; the same for all of a run's connections that show the same certificate.
        case directory
        /// An empty folder of this connection alone, which goes with it.
        case scratch
    }

    static func words(in text: String) -> [String] {
        text.matches(of: /\{\{([^{}]*)\}\}/).map { String($0.1) }
    }

    /// - Throws: ``Unset`` for a word that has no value here.
    static func render(_ text: String, _ values: [Word: String]) throws(Unset) -> String {
        var rendered = ""
        var position = text.startIndex
        for match in text.matches(of: /\{\{([^{}]*)\}\}/) {
            guard let value = Word(rawValue: String(match.1)).flatMap({ values[$0] }) else {
                throw Unset(word: String(match.1))
            }
            rendered += text[position..<match.range.lowerBound] + value
            position = match.range.upperBound
        }
        return rendered + text[position...]
    }

    /// A certificate where the client has none: the argument should stand behind a condition.
    struct Unset: Error, CustomStringConvertible {
        var word: String
        var description: String { "client.yaml uses '{{\(self.word)}}' where there is none: put it behind a 'when'" }
    }
}

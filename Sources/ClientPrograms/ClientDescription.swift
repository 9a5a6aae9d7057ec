package import ScenarioModel

/// What a client.yaml says.
package struct ClientDescription: Hashable, Sendable {
    /// The folder's name: `curl`.
    package var name: String
    package var title: String
    package var kind: Kind
    /// Every program that it needs, by name, with what puts it onto a machine.
    var programs: [String: Installation]
    var version: Question
    /// What each of its variants can be asked for, unless the variant can less.
    var abilities: Set<Ability>
    /// What is run once before the first connection, in the folder that ``ClientKit`` makes.
    var preparation: [Call]
    var connection: Call
    /// Whether the connection's standard input is a request, which it sends as it is.
    var saysRequest: Bool
    package var variants: [Variant]
    var words: ClientWords

    package enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
        /// A TLS library, by a program that comes with it or a few lines of script.
        case library
        /// A program for people that speaks TLS besides what it is for.
        case tool
        case browser
    }

    /// What a connection may ask of a client, beyond a server name and both versions.
    package enum Ability: String, CaseIterable, Hashable, Sendable {
        /// Leaving the server name out.
        case noName = "no-name"
        /// Showing a certificate.
        case certificate
        case onlyTLS12 = "only-1.2"
        case onlyTLS13 = "only-1.3"
        case alpn
    }

    enum Installation: Hashable, Sendable {
        /// What a person does.
        case byHand(String)
        /// Packages of PyPI, put into a folder of the checkout by `shakedown clients --install`.
        case pip([String])
    }

    struct Question: Hashable, Sendable {
        var program: String
        var arguments: [String]
        /// Its first group, or whole match, in what the program prints is the answer.
        var pattern: String
    }

    struct Call: Hashable, Sendable {
        var program: String
        var arguments: [Argument]
        var environment: [String: String] = [:]
        /// It is left out where this does not hold.
        var condition: Condition?
    }

    /// One word of a command line, or several that come with a condition.
    indirect enum Argument: Hashable, Sendable {
        case text(String)
        case when(Condition, [Argument], otherwise: [Argument])
        /// Those of the variant.
        case ofVariant
    }

    enum Condition: String, CaseIterable, Hashable, Sendable {
        case name, certificate, alpn
        case onlyTLS12 = "only-1.2"
        case onlyTLS13 = "only-1.3"
    }

    package struct Variant: Hashable, Sendable {
        /// `nil` where the client has no variants.
        package var name: String?
        var title: String?
        var arguments: [Argument] = []
        /// What it cannot do of the client's abilities.
        var lacks: Set<Ability> = []
    }
}

extension ClientPlan {
    /// What it asks of a program.
    package var neededAbilities: [ClientDescription.Ability] {
        var needed: [ClientDescription.Ability] = []
        if self.serverName == nil { needed.append(.noName) }
        if self.certificate != nil { needed.append(.certificate) }
        if self.maximumVersion < .tls13 { needed.append(.onlyTLS12) }
        if self.minimumVersion > .tls12 { needed.append(.onlyTLS13) }
        if !self.alpn.isEmpty { needed.append(.alpn) }
        return needed
    }
}

package import ScenarioModel

/// The certificates that a run's servers present, by which a verdict tells who answered.
package struct ServerCertificates: Hashable, Sendable {
    private struct Owned: Hashable, Sendable {
        var recipe: String
        var domain: String
    }

    /// The leaf of every recipe that is the same for all who present it, in DER.
    private var shared: [String: ByteString]
    /// The leaves that belong to one endpoint.
    private var owned: [Owned: ByteString] = [:]
    /// What is presented behind the leaves of a recipe that a root did not issue itself, by the recipe.
    private var intermediates: [String: [ByteString]] = [:]
    /// Whose each leaf is, in words.
    private var owners: [ByteString: String] = [:]

    package init(_ shared: [String: ByteString] = [:]) {
        self.shared = shared
        // Of two recipes with one leaf the first in alphabetical order is named.
        for (recipe, leaf) in shared.sorted(by: { $0.key > $1.key }) { self.owners[leaf] = recipe }
    }

    /// Adds what an endpoint of this domain presents in a recipe's place.
    package mutating func add(_ leaf: ByteString, recipe: String, domain: String) {
        self.owned[Owned(recipe: recipe, domain: domain)] = leaf
        self.owners[leaf] = "\(recipe) of \(domain)"
    }

    package mutating func set(_ intermediates: [ByteString], of recipe: String) {
        self.intermediates[recipe] = intermediates
    }

    /// Empty where a root issued the recipe's leaves.
    func intermediates(_ recipe: String) -> [ByteString] { self.intermediates[recipe] ?? [] }

    func leaf(_ recipe: String, of endpoint: EndpointPlan) -> ByteString? {
        self.owned[Owned(recipe: recipe, domain: endpoint.domain)] ?? self.shared[recipe]
    }

    /// The recipe that a certificate was minted from, with the endpoint whose own it is.
    func words(for leaf: ByteString) -> String { self.owners[leaf] ?? "a certificate of no recipe" }
}

extension Grammar {
    /// The keys of a file of `Scenarios/Requirements`, which is no scenario file.
    static let requirementList = Object(
        name: "requirement-list",
        keys: ["document", "title", "scope", "replaces", "requirements"]
    )
    static let requirement = Object(
        name: "requirement",
        keys: ["id", "section", "replaced-section", "level", "text", "scenarios", "unobservable"]
    )
}
